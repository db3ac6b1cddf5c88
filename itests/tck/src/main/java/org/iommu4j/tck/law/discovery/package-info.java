/** What a driver found: units, devices, groups, and what their domains can do. */
package org.iommu4j.tck.law.discovery;
