/** Simulated machines: what a driver can see of a board. */
package org.iommu4j.hwsim.machine;
