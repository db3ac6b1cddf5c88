package org.iommu4j.smmuv3.fake;

import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.driver.fake.FakePorts;

/** An SMMUv3's ports. */
public final class FakeUnit extends FakePorts<FakeRegisters> {
    /** S2P, S1P, TTF AArch64, COHACC, ASID16, VMID16, CD2L, little endian, no stall, two-level stream table. */
    public static final int IDR0 = 0x0d4c101b;
    /** StreamIDs of 16 bits, no substreams, 2^19 commands and events. */
    public static final int IDR1 = 0x02730010;
    /** RIL. */
    public static final int IDR3 = 0x1414;
    /** 44 bits, all granules. */
    public static final int IDR5 = 0x74;
    /** In IDR0: messages. */
    public static final int MSI = 1 << 13;
    /** In IDR0: the stages. */
    public static final int S1P = 2;
    public static final int S2P = 1;
    /** In IDR0: tables of two levels. */
    public static final int ST_LEVEL = 1 << 27;
    /** In IDR0: HTTU with dirty marks. */
    public static final int HTTU = 2 << 6;

    public FakeUnit(FakeBoard board, String name, int idr0) {
        this(board, name, idr0, IDR1, IDR3);
    }

    public FakeUnit(FakeBoard board, String name, int idr0, int idr1, int idr3) {
        super(board, new FakeRegisters(board.memory, idr0, idr1, idr3, IDR5), name,
                0x09050000L + (name.charAt(4) - '0') * 0x20000L);
    }

    /** A machine for such units. */
    public static FakeBoard board() {
        return new FakeBoard(44, 0x08090040L);
    }
}
