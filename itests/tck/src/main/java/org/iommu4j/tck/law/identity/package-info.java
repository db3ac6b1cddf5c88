/** The domain in which nothing is translated; the last to be looked at, for a machine might not leave it well. */
package org.iommu4j.tck.law.identity;
