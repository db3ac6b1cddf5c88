package org.iommu4j.vtd.fake;

import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.driver.fake.FakePorts;

/** A VT-d unit's ports. */
public final class FakeUnit extends FakePorts<FakeRegisters> {
    /** ND 6, CM 0, SAGAW 3 and 4 levels, MGAW 48, FRO 0x220, SLLPS 2M and 1G, PSI, NFR 1, MAMV 18, DWD, DRD. */
    public static final long CAP = 0xd2008c222f0606L;
    /** QI, PT, IRO. */
    public static final long ECAP_LEGACY = 0xf00f42L;
    /** The same with SMTS and SSTS (bits 43, 46). */
    public static final long ECAP_SCALABLE = ECAP_LEGACY | 1L << 43 | 1L << 46;
    /** The same with SSADS, FSTS and SMPWCS (bits 45, 47, 48). */
    public static final long ECAP_BOTH = ECAP_SCALABLE | 1L << 45 | 1L << 47 | 1L << 48;

    public FakeUnit(FakeBoard board, String name, long cap, long ecap) {
        super(board, new FakeRegisters(board.memory, cap, ecap), name,
                0xfed90000L + (name.charAt(4) - '0') * 0x1000L);
    }

    /** A machine for such units. */
    public static FakeBoard board() {
        return new FakeBoard(39, 0xFEE00000L);
    }
}
