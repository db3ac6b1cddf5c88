package org.iommu4j.vtd.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Root Table Address Register (section 11.4.5).
 * <pre>
 *  63                      12 11 10 9   0
 * +--------------------------+-----+-----+
 * |           RTA            | TTM |  0  |
 * +--------------------------+-----+-----+
 * </pre>
 */
public final class RootTableAddress {
    /** Translation table mode: 0 legacy, 1 scalable, 3 abort. */
    private static final Field TTM = Field.bits("TTM", 0, 11, 10);
    private static final Field RTA = Field.address("RTA", 0, 63, 12);
    /** RTADDR_REG. */
    public static final Layout LAYOUT = Layout.of("Root Table Address Register", 1, TTM, RTA);

    private static final int LEGACY = 0;
    private static final int SCALABLE = 1;

    private RootTableAddress() {
    }

    /** @param root multiple of 4 KiB */
    public static long of(long root, boolean scalable) {
        return RTA.with(root) | TTM.with(scalable ? SCALABLE : LEGACY);
    }

    public static boolean isScalable(long register) {
        return TTM.of(register) == SCALABLE;
    }

    public static boolean isLegacy(long register) {
        return TTM.of(register) == LEGACY;
    }
}
