package org.iommu4j.mm.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.AreaReport;
import org.iommu4j.api.sva.CpuPageTable;
import org.iommu4j.api.sva.FaultResult;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.mm.process.Board.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a process sees of its memory, on each kind of processor. */
class ProcessTest {
    private static final long AT = 0x1234_5000L;
    private static final int RW = Access.READ | Access.WRITE;

    private Board board;

    private UserProcess process(Kind kind) {
        board = Board.large(kind);
        return board.processes.create("test");
    }

    @AfterEach
    void nothingIsLeftOverWhenAllHaveEnded() {
        board.processes.close();
        assertEquals(0, board.frames.held());
        assertEquals(0, board.swap.used());
        board.memory.close();
    }

    private static void refused(Reason reason, Runnable call) {
        assertEquals(reason, assertThrows(IommuException.class, call::run).reason());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pagesAreZeroAndComeWhenTouched(Kind kind) {
        UserProcess process = process(kind);
        long address = process.map(1L << 30, RW);
        assertEquals(0, process.report().resident());
        assertEquals(0, process.loadAcquire64(address + 0x5008));
        process.write(address + 0x2ffe, new byte[] {1, 2, 3, 4});
        byte[] read = new byte[6];
        process.read(address + 0x2ffd, read);
        assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 0}, read);
        assertEquals(3 * Board.PAGE, process.report().resident());
        assertEquals(3, process.report().faults());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theHighestAddressIsTheLastOne(Kind kind) {
        UserProcess process = process(kind);
        long last = process.table().lastAddress();
        process.mapAt(last - Board.PAGE + 1, Board.PAGE, RW);
        process.storeRelease64(last - 7, 42);
        assertEquals(42, process.loadAcquire64(last - 7));
        refused(Reason.OVERFLOW, () -> process.mapAt(last + 1, Board.PAGE, RW));
        assertEquals(FaultResult.NO_AREA, process.handleFault(last + 1, Access.READ));
        assertEquals(FaultResult.NO_AREA, process.handleFault(-1, Access.READ));
        process.unmap(last - Board.PAGE + 1, Board.PAGE);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void accessesThatAnAreaRefusesFail(Kind kind) {
        UserProcess process = process(kind);
        process.mapAt(AT, Board.PAGE, Access.READ);
        process.mapAt(AT + Board.PAGE, Board.PAGE, 0);
        process.mapAt(AT + 2 * Board.PAGE, Board.PAGE, Access.EXECUTE);
        assertEquals(FaultResult.REFUSED, process.handleFault(AT, Access.WRITE));
        assertEquals(FaultResult.REFUSED, process.handleFault(AT, Access.EXECUTE));
        assertEquals(FaultResult.REFUSED, process.handleFault(AT + Board.PAGE, Access.READ));
        assertEquals(FaultResult.HANDLED, process.handleFault(AT + 2 * Board.PAGE, Access.EXECUTE | Access.READ));
        refused(Reason.BAD_ADDRESS, () -> process.write(AT, new byte[1]));
        refused(Reason.BAD_ADDRESS, () -> process.read(AT + Board.PAGE - 1, new byte[2]));
        refused(Reason.BAD_ADDRESS, () -> process.read(AT - 1, new byte[1]));
        refused(Reason.INCOMPATIBLE, () -> process.loadAcquire64(AT + 4));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void rightsThatAreTakenAreGoneAndContentsStay(Kind kind) {
        UserProcess process = process(kind);
        process.mapAt(AT, 3 * Board.PAGE, RW);
        process.storeRelease64(AT + Board.PAGE, 7);
        process.protect(AT + Board.PAGE, Board.PAGE, Access.READ);
        assertEquals(3, process.areas().size());
        refused(Reason.BAD_ADDRESS, () -> process.storeRelease64(AT + Board.PAGE, 8));
        assertEquals(7, process.loadAcquire64(AT + Board.PAGE));
        process.protect(AT, 3 * Board.PAGE, 0);
        refused(Reason.BAD_ADDRESS, () -> process.loadAcquire64(AT + Board.PAGE));
        process.protect(AT, 3 * Board.PAGE, RW);
        assertEquals(List.of(new AreaReport(AT, AT + 3 * Board.PAGE - 1, RW)), process.areas());
        assertEquals(7, process.loadAcquire64(AT + Board.PAGE));
        process.storeRelease64(AT + Board.PAGE, 8);
        refused(Reason.BAD_ADDRESS, () -> process.protect(AT, 4 * Board.PAGE, RW));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatIsUnmappedIsFreedAndComesBackAsZeroes(Kind kind) {
        UserProcess process = process(kind);
        long empty = board.frames.held();
        process.mapAt(AT, 4 * Board.PAGE, RW);
        for (int i = 0; i < 4; i++) {
            process.storeRelease64(AT + i * Board.PAGE, i + 1);
        }
        process.unmap(AT + Board.PAGE, 2 * Board.PAGE);
        refused(Reason.BAD_ADDRESS, () -> process.loadAcquire64(AT + Board.PAGE));
        process.mapAt(AT + Board.PAGE, 2 * Board.PAGE, RW);
        assertEquals(List.of(1L, 0L, 0L, 4L), List.of(process.loadAcquire64(AT),
                process.loadAcquire64(AT + Board.PAGE), process.loadAcquire64(AT + 2 * Board.PAGE),
                process.loadAcquire64(AT + 3 * Board.PAGE)));
        process.unmap(AT - Board.PAGE, 100 * Board.PAGE);
        assertEquals(empty, board.frames.held(), "pages and tables are free again");
        assertEquals(List.of(), process.areas());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void badRangesAreRefused(Kind kind) {
        UserProcess process = process(kind);
        process.mapAt(AT, Board.PAGE, RW);
        refused(Reason.EXISTS, () -> process.mapAt(AT - Board.PAGE, 2 * Board.PAGE, RW));
        refused(Reason.INCOMPATIBLE, () -> process.mapAt(AT + 1, Board.PAGE, RW));
        refused(Reason.INCOMPATIBLE, () -> process.map(Board.PAGE + 1, RW));
        refused(Reason.INCOMPATIBLE, () -> process.map(0, RW));
        refused(Reason.INCOMPATIBLE, () -> process.map(Board.PAGE, 8));
        refused(Reason.OVERFLOW, () -> process.mapAt(0, Board.PAGE, RW));
        refused(Reason.NO_MEMORY, () -> process.map(1L << 47, RW));
        refused(Reason.OVERFLOW, () -> process.unmap(AT, Long.MAX_VALUE & -Board.PAGE));
        assertEquals(1, process.areas().size());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aForkSharesPagesUntilOneWrites(Kind kind) {
        UserProcess parent = process(kind);
        parent.mapAt(AT, 2 * Board.PAGE, RW);
        parent.storeRelease64(AT, 1);
        parent.storeRelease64(AT + Board.PAGE, 2);
        UserProcess child = parent.fork();
        assertEquals(parent.id(), child.report().parent());
        assertEquals(1, child.loadAcquire64(AT));
        long shared = board.frames.held();
        child.storeRelease64(AT, 10);
        assertEquals(shared + Board.PAGE, board.frames.held(), "a copy of one page");
        parent.storeRelease64(AT + Board.PAGE, 20);
        assertEquals(List.of(1L, 20L), List.of(parent.loadAcquire64(AT), parent.loadAcquire64(AT + Board.PAGE)));
        assertEquals(List.of(10L, 2L), List.of(child.loadAcquire64(AT), child.loadAcquire64(AT + Board.PAGE)));
        parent.exit();
        assertEquals(List.of(10L, 2L), List.of(child.loadAcquire64(AT), child.loadAcquire64(AT + Board.PAGE)));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theLastOneOfAChainOfForksWritesInPlace(Kind kind) {
        List<UserProcess> chain = new ArrayList<>(List.of(process(kind)));
        chain.get(0).mapAt(AT, Board.PAGE, RW);
        chain.get(0).storeRelease64(AT, 5);
        for (int i = 0; i < 8; i++) {
            chain.add(chain.get(i).fork());
            assertEquals(5, chain.get(i + 1).loadAcquire64(AT));
        }
        for (int i = 0; i < 8; i++) {
            chain.get(i).exit();
        }
        UserProcess last = chain.get(8);
        long held = board.frames.held();
        last.storeRelease64(AT, 6);
        assertEquals(held, board.frames.held(), "no copy");
        assertEquals(6, last.loadAcquire64(AT));
    }

    @Test
    void x86EntriesHaveTheBitsOfTheManual() {
        UserProcess process = process(Kind.X86_4);
        process.mapAt(AT, 2 * Board.PAGE, RW);
        process.mapAt(AT + 2 * Board.PAGE, Board.PAGE, Access.EXECUTE);
        assertEquals(new CpuPageTable(CpuPageTable.Format.X86, process.table().root(), 4, 47, 32, 0x1000),
                process.table());
        // SDM volume 3, section 4.5, table 4-20: P 0, R/W 1, U/S 2, A 5, D 6, XD 63.
        process.loadAcquire64(AT);
        assertEquals(0x8000_0000_0000_0027L, leaf(process, AT));
        process.storeRelease64(AT, 1);
        assertEquals(0x8000_0000_0000_0067L, leaf(process, AT));
        process.storeRelease64(AT + Board.PAGE, 1);
        assertEquals(0x8000_0000_0000_0067L, leaf(process, AT + Board.PAGE));
        process.handleFault(AT + 2 * Board.PAGE, Access.EXECUTE);
        assertEquals(0x25L, leaf(process, AT + 2 * Board.PAGE));
        process.fork();
        assertEquals(0x8000_0000_0000_0025L, leaf(process, AT));
    }

    @Test
    void armEntriesHaveTheBitsOfTheManual() {
        UserProcess process = process(Kind.AARCH64);
        process.mapAt(AT, Board.PAGE, RW);
        assertEquals(new CpuPageTable(CpuPageTable.Format.AARCH64, process.table().root(), 4, 48, 32, 0x1000),
                process.table());
        // Arm ARM D8.3: valid page 1:0, AttrIndx 1 at 4:2, AP[1] 6, AP[2] 7, SH 3 at 9:8, AF 10, nG 11, DBM 51,
        // PXN 53, UXN 54; AP[2] with DBM is "not written yet".
        process.loadAcquire64(AT);
        assertEquals(0x0068_0000_0000_0FC7L, leaf(process, AT));
        process.storeRelease64(AT, 1);
        assertEquals(0x0068_0000_0000_0F47L, leaf(process, AT));
        process.fork();
        assertEquals(0x0060_0000_0000_0FC7L, leaf(process, AT));
    }

    /** The last entry of a walk by hand, without its address. */
    private long leaf(UserProcess process, long address) {
        long table = process.table().root();
        for (int shift = 39; ; shift -= 9) {
            long entry = board.memory.loadAcquire64(table + (address >>> shift & 0x1FF) * 8);
            if (shift == 12) {
                return entry & ~0x0000_FFFF_FFFF_F000L;
            }
            table = entry & 0x0000_FFFF_FFFF_F000L;
        }
    }

    @Test
    void anEndedProcessRefusesEverythingAndIsForgotten() {
        UserProcess process = process(Kind.X86_4);
        process.mapAt(AT, Board.PAGE, RW);
        process.storeRelease64(AT, 1);
        UserProcess other = board.processes.create("other");
        assertEquals(List.of(process, other), board.processes.list());
        process.exit();
        process.exit();
        assertTrue(process.hasExited());
        assertFalse(other.hasExited());
        assertEquals(FaultResult.EXITED, process.handleFault(AT, Access.READ));
        refused(Reason.NO_DEVICE, () -> process.loadAcquire64(AT));
        refused(Reason.NO_DEVICE, () -> process.map(Board.PAGE, RW));
        refused(Reason.NO_DEVICE, process::fork);
        refused(Reason.NO_DEVICE, process::areas);
        refused(Reason.NO_DEVICE, () -> board.processes.get(process.id()));
        assertTrue(process.report().exited());
        assertEquals(List.of(other), board.processes.list());
        board.processes.close();
        assertTrue(other.hasExited());
        refused(Reason.NO_DEVICE, () -> board.processes.create("late"));
    }
}
