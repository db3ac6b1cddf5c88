package org.iommu4j.amdvi.fake;

import org.iommu4j.api.PciAddress;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.driver.fake.FakePorts;

/** An AMD IOMMU's ports. */
public final class FakeUnit extends FakePorts<FakeRegisters> {
    /** IASup, HATS 2: six levels. */
    public static final long EFR = 1L << 6 | 2L << 10;
    /** The same with GTSup, GIOSup, GLXSup 2, PASmax 19 (20 bits), HASup and HDSup. */
    public static final long EFR_ALL = EFR | 1L << 4 | 1L << 48 | 2L << 14 | 19L << 32 | 1L << 49 | 1L << 52;

    public final FakeFunction function;

    /** @param name {@code ivhd0} or {@code ivhd1}: as {@link MadeIvrs#twoUnits} has them */
    public FakeUnit(FakeBoard board, String name, long efr, boolean npCache) {
        super(board, new FakeRegisters(board.memory, efr), name, 0xfeb80000L + number(name) * 0x100000L);
        this.function = new FakeFunction(PciAddress.of(0, number(name) * 0x40, 0, 2), npCache);
        board.functions.add(function);
        board.tables.put("IVRS", MadeIvrs.twoUnits());
    }

    /** A machine for such units. */
    public static FakeBoard board() {
        return new FakeBoard(39, 0xFEE00000L);
    }

    private static int number(String name) {
        return name.charAt(4) - '0';
    }

    /** First word of the device table's entry of a requester. */
    public long entry(int requester) {
        return (registers.get(FakeRegisters.DEVTAB) & 0xffffffffff000L) + requester * 32L;
    }
}
