package org.iommu4j.hwsim.device;

/**
 * Addresses at which 32-bit writes are interrupt messages and nothing else is answered: 0xFEE00000 to 0xFEEFFFFF.
 * Intel 64 and IA-32 Architectures SDM volume 3, section 11.11.1; VT-d 4.1 section 3.14 leaves them untranslated.
 */
public final class InterruptWindow {
    private static final int SIZE_LG2 = 20;
    private static final long NUMBER = 0xfee;

    private InterruptWindow() {
    }

    public static boolean contains(long address) {
        return address >>> SIZE_LG2 == NUMBER;
    }

    /** The window's first address. */
    public static long base() {
        return NUMBER << SIZE_LG2;
    }
}
