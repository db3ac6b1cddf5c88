/** Tests of the built container: they start it as the start script does, in a process of its own. */
package org.iommu4j.launcher;
