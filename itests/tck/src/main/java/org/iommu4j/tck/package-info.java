/**
 * The laws of a driver, as a bundle to deploy beside any driver: {@code kit} checks, {@code law} holds the laws, {@code
 * stage} is what they are played on, {@code machine} and {@code command} bring a machine and a driver together, {@code
 * report} tells. Everything goes through the public services and the devices' registers.
 */
package org.iommu4j.tck;
