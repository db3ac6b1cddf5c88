/**
 * What a leaving driver tells its successor: {@link org.iommu4j.vtd.handover.RecordTags} lists the record's tags,
 * {@link org.iommu4j.vtd.handover.RecordWriter} makes it, {@link org.iommu4j.vtd.handover.RecordReader} checks its
 * form, {@link org.iommu4j.vtd.handover.RecordCheck} holds it against registers and memory. Which requester is in which
 * domain is not in it: the tables in memory say so.
 */
package org.iommu4j.vtd.handover;
