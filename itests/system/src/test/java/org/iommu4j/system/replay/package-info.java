/**
 * The recorded traces of three vendors, all of them, played on simulated machines without a framework: what is left
 * mapped is what was counted independently, and no transaction is lost or goes astray.
 */
package org.iommu4j.system.replay;
