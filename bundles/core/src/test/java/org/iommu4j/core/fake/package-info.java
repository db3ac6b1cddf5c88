/** Hardware and drivers for tests of core: small, obedient, and able to fail at every step. */
package org.iommu4j.core.fake;
