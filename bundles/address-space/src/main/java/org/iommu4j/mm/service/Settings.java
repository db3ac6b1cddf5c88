package org.iommu4j.mm.service;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Bounds of processes; for machines that come after a change. */
@ObjectClassDefinition(name = "Processes")
public @interface Settings {
    @AttributeDefinition(description = "Levels of x86 page tables: 4 or 5")
    int levels() default 4;

    @AttributeDefinition(description = "Most pages that one process has in memory; colder ones are put aside")
    int residentPages() default 65_536;

    @AttributeDefinition(description = "Most pages of a machine that are put aside")
    int swapPages() default 16_384;

    @AttributeDefinition(description = "Most bytes of a machine's pool for pages and tables")
    long memory() default 268_435_456;
}
