package org.iommu4j.pagetable;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.iommu4j.api.Protection;
import org.iommu4j.pagetable.amdv1.AmdV1;
import org.iommu4j.pagetable.arm.ArmStage1;
import org.iommu4j.pagetable.arm.ArmStage2;
import org.iommu4j.pagetable.vtdss.VtdSecondStage;
import org.iommu4j.pagetable.x86.X86Paging;

/**
 * A format in one of its shapes, and what a test must know of it without asking it.
 *
 * @param written the bit that hardware sets in the leaf of a page that it writes
 * @param always the rights that each page has, asked for or not
 */
record Shape(String name, Format format, long written, int always) {
    /** Every format, with each number of levels and each choice of page sizes. */
    static Stream<Shape> all() {
        return Stream.concat(fourKibibytes(), arm());
    }

    /** The formats whose smallest pages have 4 KiB. */
    static Stream<Shape> fourKibibytes() {
        return Stream.of(Board.K4, Board.K4 | Board.M2, Board.SIZES).flatMap(sizes -> Stream.concat(
                IntStream.rangeClosed(3, 5).mapToObj(levels -> secondStage(levels, sizes)),
                Stream.concat(IntStream.rangeClosed(4, 5).mapToObj(levels -> x86(levels, sizes)),
                        IntStream.rangeClosed(3, 6).mapToObj(levels -> amd(levels, powersOf(sizes))))));
    }

    /** Each granule and, for stage 2, roots of one table, of two and of sixteen, where there are such. */
    private static Stream<Shape> arm() {
        Stream<Shape> first = Stream.of(12, 14, 16).map(granule -> new Shape("arm stage 1, granule 2^" + granule,
                new ArmStage1(granule, 48, Board.OUTPUT_BITS, false), 0, Protection.READ));
        Stream<Shape> second = Stream.of(new int[][] {{12, 48}, {12, 40}, {12, 43}, {12, 39}, {14, 48}, {14, 40},
                {16, 48}, {16, 43}, {16, 46}}).map(at -> new Shape(
                        "arm stage 2, granule 2^" + at[0] + ", " + at[1] + " bits",
                        new ArmStage2(at[0], at[1], Board.OUTPUT_BITS), 0, 0));
        return Stream.concat(first, second);
    }

    /** Every format once. */
    static Stream<Shape> formats() {
        return Stream.of(secondStage(4, Board.SIZES), x86(4, Board.SIZES), amd(4, AmdV1.PAGE_SIZES));
    }

    private static Shape secondStage(int levels, long sizes) {
        return new Shape(name("vtdss", levels, sizes), new VtdSecondStage(levels, sizes, Board.OUTPUT_BITS), 1L << 9,
                0);
    }

    private static Shape x86(int levels, long sizes) {
        return new Shape(name("x86", levels, sizes), new X86Paging(levels, sizes, Board.OUTPUT_BITS, true), 1L << 6,
                Protection.READ);
    }

    private static Shape amd(int levels, long sizes) {
        return new Shape(name("amdv1", levels, sizes), new AmdV1(levels, sizes, Board.OUTPUT_BITS), 1L << 6, 0);
    }

    /** Pages of 4 KiB alone, of powers of two below 4 MiB, or of all there are. */
    private static long powersOf(long sizes) {
        return sizes == Board.K4 ? sizes : sizes == Board.SIZES ? AmdV1.PAGE_SIZES : 2 * Board.M2 - Board.K4;
    }

    private static String name(String format, int levels, long sizes) {
        return String.format("%s, %d levels, page sizes %#x", format, levels, sizes);
    }

    @Override
    public String toString() {
        return name;
    }
}
