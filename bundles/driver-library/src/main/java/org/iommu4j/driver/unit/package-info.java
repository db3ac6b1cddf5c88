/** Which units a driver is in charge of. */
package org.iommu4j.driver.unit;
