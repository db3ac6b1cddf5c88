/**
 * What a leaving driver tells its successor: {@link org.iommu4j.amdvi.handover.RecordTags} lists the record's tags,
 * {@link org.iommu4j.amdvi.handover.RecordWriter} makes it, {@link org.iommu4j.amdvi.handover.RecordReader} checks its
 * form, {@link org.iommu4j.amdvi.handover.RecordCheck} holds it against registers and memory. Which requester is in
 * which domain is not in it: the device table in memory says so.
 */
package org.iommu4j.amdvi.handover;
