/**
 * Drivers with one defect each, so that tests can show that they would see it. The real driver runs; what is false are
 * the ports that it sees: its registers, through which invalidations on their way to hardware are dropped or rewritten,
 * its machine, whose wide stores fall apart, its frames.
 */
package org.iommu4j.system.doubles;
