/**
 * Mistakes that a driver's author could make, made by changing the bytecode of the built classes: the laws of the kit
 * have to notice each. The table of an architecture is a file beside this package, {@code vtd.json}; {@link
 * org.iommu4j.system.mutants.Edit} says what its rows can do.
 */
package org.iommu4j.system.mutants;
