package org.iommu4j.smmuv3.registers;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.fault.FaultSink;

/** Acts on the errors that a unit reports of itself. Runs when their interrupt arrives; any thread. */
public final class UnitErrors {
    private final UnitRegisters registers;
    private final Runnable recovery;
    private final FaultSink sink;

    /** @param recovery lets a command queue that stands go on, and acknowledges its error */
    public UnitErrors(UnitRegisters registers, Runnable recovery, FaultSink sink) {
        this.registers = registers;
        this.recovery = recovery;
        this.sink = sink;
    }

    /** Handles and acknowledges what is active. @throws IommuException IO if the unit has given up */
    public synchronized void handle() {
        int active = registers.activeErrors();
        if ((active & GlobalError.COMMAND_QUEUE) != 0) {
            recovery.run();
        }
        int rest = active & ~GlobalError.COMMAND_QUEUE;
        if (rest == 0) {
            return;
        }
        registers.acknowledge(rest);
        if ((rest & GlobalError.EVENTS_ABORTED) != 0) {
            sink.overflow();
        }
        if ((rest & GlobalError.SERVICE_FAILURE) != 0) {
            throw IommuException.of(Reason.IO, "%s is in service failure mode and aborts everything (GERROR %#x)",
                    registers.unit(), active);
        }
    }
}
