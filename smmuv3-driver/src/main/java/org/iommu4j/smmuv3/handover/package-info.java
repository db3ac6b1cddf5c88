/**
 * What a leaving driver tells its successor: {@link org.iommu4j.smmuv3.handover.RecordTags} lists the record's tags,
 * {@link org.iommu4j.smmuv3.handover.RecordWriter} makes it, {@link org.iommu4j.smmuv3.handover.RecordReader} checks
 * its form, {@link org.iommu4j.smmuv3.handover.RecordCheck} holds it against registers and memory. Which stream is in
 * which domain is not in it: the tables in memory say so.
 */
package org.iommu4j.smmuv3.handover;
