package org.iommu4j.qemu.machine;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of one machine; factory PID {@link #PID}. */
@ObjectClassDefinition(name = "iommu4j: machine that QEMU plays")
public @interface QemuConfiguration {
    /** Factory PID. */
    String PID = "org.iommu4j.qemu";

    /** Name of the machine, and key of its services. */
    @AttributeDefinition(name = "Machine", description = "Name, different from that of every other machine")
    String machine();

    /** Its board. */
    @AttributeDefinition(name = "Definition",
            description = "qemu-intel, qemu-intel-scalable or qemu-intel-first-stage")
    String definition() default "qemu-intel";

    /** The QEMU program. */
    @AttributeDefinition(name = "Program", description = "Path of QEMU, or its name on the search path")
    String binary() default "qemu-system-x86_64";
}
