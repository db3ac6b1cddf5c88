/**
 * The word {@code replay}: its options, the machine it asks the container for, and the services of that machine.
 */
package org.iommu4j.replay.command;
