/**
 * What a call costs: {@link org.iommu4j.benchmarks.Benchmarks} is the program. One class of benchmarks for each seam
 * that is measured: core's gate, {@code DomainOps} of core with a driver and a model behind it, a driver's own domain
 * object, the model as a device sees it, a device's copies; and the floor that all are multiples of, plain Java over
 * arrays that does the same walk and the same stores.
 *
 * <p><b>Honest figures.</b> HotSpot specialises a class by what it sees of it. So {@link org.iommu4j.benchmarks.Rigs}
 * loads every driver there is from its built jar, each in a class loader of its own as a framework would, puts each in
 * charge of a machine of its own, and works all of them before anything is measured.
 */
package org.iommu4j.benchmarks;
