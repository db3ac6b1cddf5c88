package org.iommu4j.hwsim.machine;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of one simulated machine; factory PID {@link #PID}. */
@ObjectClassDefinition(name = "iommu4j: simulated machine")
public @interface MachineConfiguration {
    /** Factory PID. */
    String PID = "org.iommu4j.hwsim";

    /** Name of the machine, and key of its services; in place of the definition's own. */
    @AttributeDefinition(name = "Machine", description = "Name, different from that of every other machine")
    String machine();

    /** Its definition. */
    @AttributeDefinition(name = "Definition",
            description = "Path of a JSON file, or the name of a bundled one: amd, arm, intel")
    String file();
}
