/** Starts the container, runs one command in it and ends with its result. */
package org.iommu4j.launcher;
