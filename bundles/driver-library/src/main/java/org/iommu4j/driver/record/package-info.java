/**
 * What records of all schemas have in common: {@link org.iommu4j.driver.record.RecordWords} reads the words of tags,
 * {@link org.iommu4j.driver.record.RecordVersion} tells the version of a build.
 */
package org.iommu4j.driver.record;
