package org.iommu4j.replay.machine;

import java.util.List;
import java.util.Map;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Cast;
import org.iommu4j.replay.play.Settings;

/** A machine for one trace: how it is brought to life by configuration, and what is true of it then. */
public interface Board {
    /**
     * Plans a machine.
     *
     * @param template {@link QemuBoard#NAMES one that QEMU plays}, or one of {@link MachineDefinition#NAMES}
     * @param name of the machine
     * @throws org.iommu4j.api.IommuException NO_DEVICE if there is no such template; NOT_SUPPORTED, NO_SPACE if such a
     * machine cannot play the trace
     */
    static Board of(String template, String name, TracePlan plan, Settings settings) {
        return QemuBoard.isNamed(template) ? new QemuBoard(template, name, plan)
                : new SimulatedBoard(template, name, plan, settings);
    }

    /** The PID of the factory configuration that makes such machines. */
    String factory();

    /** What the configuration says. */
    Map<String, Object> properties();

    /** What core computed differently from what the trace tells, a sentence each; empty if all is as it has to be. */
    List<String> differences(IommuOps iommu);

    /** Who plays the trace's devices. @param memory of the machine that has come to life */
    Cast cast(PhysicalMemory memory);

    /** What the reader of a report has to know of this machine, a sentence each. */
    List<String> notes();
}
