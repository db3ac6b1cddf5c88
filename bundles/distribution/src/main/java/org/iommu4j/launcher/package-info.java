/**
 * Starts the container, runs one command in it and ends with its result.
 * <p>
 * {@link org.iommu4j.launcher.Launcher} tells the story; {@link org.iommu4j.launcher.Container} is the framework and
 * its cache, {@link org.iommu4j.launcher.Installer} brings jars in, {@link org.iommu4j.launcher.DeployFolder} follows
 * the jars that people replace, {@link org.iommu4j.launcher.Command} is what runs,
 * {@link org.iommu4j.launcher.Console} the interactive shell instead, and
 * {@link org.iommu4j.launcher.Diagnosis} says why neither does.
 */
package org.iommu4j.launcher;
