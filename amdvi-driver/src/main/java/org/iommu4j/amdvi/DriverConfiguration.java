package org.iommu4j.amdvi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** How the driver is set up. */
@ObjectClassDefinition(name = "AMD-Vi driver")
@interface DriverConfiguration {
    /** Host tables. */
    String V1 = "v1";
    /** Guest tables. */
    String V2 = "v2";

    @AttributeDefinition(name = "Form of page tables", description = "What new domains get where a unit has both: "
            + "host tables (v1), which grow and track writes, or guest tables (v2), which PASIDs need. Domains that "
            + "exist keep theirs.", options = {@Option(V1), @Option(V2)})
    String form() default V1;
}
