/** The driver held against the laws of the kit, on every kind of machine. */
package org.iommu4j.system.kit;
