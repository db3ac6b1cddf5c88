/**
 * Memory that hardware reads, as a driver's tables and queues use it: every store reaches the unit, whether it snoops
 * processor caches or not.
 */
package org.iommu4j.driver.memory;
