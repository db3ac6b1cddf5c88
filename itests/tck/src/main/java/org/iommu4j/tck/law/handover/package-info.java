/** Another driver takes over while devices work. */
package org.iommu4j.tck.law.handover;
