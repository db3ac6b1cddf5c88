/**
 * The running container as a test uses it: {@link org.iommu4j.exam.lab.Lab} finds services, configures machines and
 * swaps drivers, {@link org.iommu4j.exam.lab.LabMachine} is one machine, {@link org.iommu4j.exam.lab.Traces} what a
 * driver or machine that has gone may have left behind.
 */
package org.iommu4j.exam.lab;
