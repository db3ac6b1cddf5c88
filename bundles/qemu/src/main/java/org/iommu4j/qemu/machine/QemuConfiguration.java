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
            description = "qemu-intel, qemu-intel-scalable, qemu-intel-first-stage, qemu-amd or qemu-arm")
    String definition() default "qemu-intel";

    /** RAM. */
    @AttributeDefinition(name = "Memory", description = "GiB of RAM, 2 to 64; the last one is for tables and queues")
    int memory() default 2;

    /** What is plugged in. */
    @AttributeDefinition(name = "Devices", description = "edu devices besides the three at 00:05.0, 00:06.0 and "
            + "01:00.0, 0 to 23, from 00:08.0 on")
    int devices() default 0;

    /** For a QEMU that is to outlive this JVM. */
    @AttributeDefinition(name = "Keep", description = "Directory where QEMU lives on if this JVM is killed, and where "
            + "the next one finds it; empty for a QEMU that ends with the JVM in any case")
    String keep() default "";

    /** The QEMU program. */
    @AttributeDefinition(name = "Program", description = "Path of QEMU, or its name on the search path; empty for "
            + "qemu-system-x86_64 or qemu-system-aarch64, as the definition needs")
    String binary() default "";
}
