/**
 * The word {@code tck}: its options, the machine it asks the container for, the services of that machine, and the
 * bundle of the driver under test.
 */
package org.iommu4j.tck.command;
