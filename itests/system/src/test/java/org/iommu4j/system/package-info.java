/** Core, driver and machine on one class path: what each does alone must fit what the others make of it. */
package org.iommu4j.system;
