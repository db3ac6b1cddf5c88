/** The kinds of machines that the kit can be run on without anything being configured first. */
package org.iommu4j.tck.machine;
