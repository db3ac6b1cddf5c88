package org.iommu4j.qemu.process;

/**
 * What a machine's only processor runs in place of a BIOS.
 *
 * @param image to be given to QEMU as its BIOS
 * @param state physical address of a word in RAM that becomes {@link #READY} once it runs; nobody else uses its page
 */
public record Firmware(byte[] image, long state) {
    /** What tells that the firmware runs. */
    public static final int READY = 0x59444552;
}
