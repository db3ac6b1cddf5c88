/** What Linux wrote into tables, queues and registers, for the tests of all drivers. */
package org.iommu4j.driver.golden;
