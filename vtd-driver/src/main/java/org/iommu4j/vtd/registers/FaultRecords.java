package org.iommu4j.vtd.registers;

import org.iommu4j.api.fault.FaultSink;

/**
 * Reads the fault records when the fault interrupt arrives, gives them back to hardware, and reports them. Any
 * thread, one after the other; allocates nothing.
 */
public final class FaultRecords {
    /**
     * How many records one run reports. Devices that fault without end must not hold the caller in the unit's gate;
     * beyond this the records are given back unread.
     */
    private static final int RUN = 1 << 14;

    private final UnitRegisters registers;
    private final long first;
    private final int count;
    private final FaultSink sink;

    public FaultRecords(UnitRegisters registers, Capabilities capabilities, FaultSink sink) {
        this.registers = registers;
        this.first = capabilities.faultRecords();
        this.count = capabilities.faultRecordCount();
        this.sink = sink;
    }

    /** Offset behind the last fault record in the register file. */
    public static long end(Capabilities capabilities) {
        return capabilities.faultRecords() + (long) capabilities.faultRecordCount() * FaultRecord.BYTES;
    }

    /** Reports and clears all faults that are recorded. */
    public synchronized void drain() {
        int status = registers.faultStatus();
        int left = RUN;
        // The interrupt comes only when the first record is taken: leaving while one is would lose the next ones.
        while ((status & FaultStatus.PENDING) != 0 && left > 0) {
            left -= drainFrom(FaultStatus.firstRecord(status), left);
            status = registers.faultStatus();
        }
        if ((status & FaultStatus.PENDING) != 0) {
            dropAll();
            sink.overflow();
        }
        if ((status & FaultStatus.OVERFLOW) != 0) {
            registers.clearFaultStatus(FaultStatus.OVERFLOW);
            sink.overflow();
        }
    }

    /** Clears without a report what an earlier owner of the unit left. */
    public synchronized void discard() {
        dropAll();
        registers.clearFaultStatus(FaultStatus.CLEARED_BY_ONE);
    }

    private int drainFrom(int start, int limit) {
        int done = 0;
        for (int index = start % count; done < limit; index = (index + 1) % count) {
            long offset = first + (long) index * FaultRecord.BYTES;
            long high = registers.faultRecord(offset + FaultRecord.HIGH);
            if (!FaultRecord.isTaken(high)) {
                break;
            }
            long low = registers.faultRecord(offset);
            registers.clearFaultRecord(offset + FaultRecord.HIGH);
            FaultRecord.report(low, high, sink);
            done++;
        }
        // Pending without a record at its index: hardware is about to write it; count the turn, so that turns end.
        return Math.max(done, 1);
    }

    private void dropAll() {
        for (int index = 0; index < count; index++) {
            registers.clearFaultRecord(first + (long) index * FaultRecord.BYTES + FaultRecord.HIGH);
        }
    }
}
