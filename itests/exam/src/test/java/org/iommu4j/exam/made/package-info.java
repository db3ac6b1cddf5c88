/**
 * Bundles that a test makes while it runs: {@link org.iommu4j.exam.made.Jars} packs them,
 * {@link org.iommu4j.exam.made.ScriptedDriver} is the VT-d driver with a test's script around each life-cycle step,
 * {@link org.iommu4j.exam.made.Client} tells when it is started and stopped. Test and bundle share no class of ours:
 * the {@link org.iommu4j.exam.made.Script} lies among the system properties and speaks in types of the JDK and the API.
 */
package org.iommu4j.exam.made;
