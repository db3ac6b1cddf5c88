/**
 * The wires that the design allows between bundles, checked on the jars as they are shipped: manifests for packages,
 * component descriptions for services, class files for what was copied.
 */
package org.iommu4j.wires;
