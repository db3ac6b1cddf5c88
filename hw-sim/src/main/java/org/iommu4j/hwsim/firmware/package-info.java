/**
 * Firmware tables of a simulated machine: made byte by byte from its definition, or read from a file as they are.
 * Nothing here checks or corrects a table that was given: what drivers do with broken firmware is theirs to show.
 */
package org.iommu4j.hwsim.firmware;
