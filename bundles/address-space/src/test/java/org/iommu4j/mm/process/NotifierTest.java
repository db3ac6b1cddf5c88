package org.iommu4j.mm.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.AddressSpaceNotifier;
import org.iommu4j.api.sva.FaultResult;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.mm.process.Board.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told of what, and when: a frame that was taken away is whole until its notifiers have returned. */
class NotifierTest {
    private static final int RW = Access.READ | Access.WRITE;
    private static final long AT = 0x10_0000_0000L;
    private static final long MARK = 0x5EA1;

    private final Board board = new Board(Kind.X86_4, 1_000, 4, 1_000);
    private final UserProcess process = board.processes.create("test");
    private final List<String> told = new ArrayList<>();
    private long watched = -1;

    private final AddressSpaceNotifier notifier = new AddressSpaceNotifier() {
        @Override
        public void invalidate(long first, long last, boolean tables) {
            told.add(String.format("%x-%x%s", first, last, tables ? " tables" : ""));
            check();
        }

        @Override
        public void release() {
            told.add("release");
            check();
        }

        private void check() {
            if (watched >= 0) {
                assertEquals(MARK, board.memory.load64(watched), "the frame was used before the notifier returned");
                assertEquals("mm", board.table.ownerOf(watched));
            }
        }
    };

    @BeforeEach
    void touchAPage() {
        process.mapAt(AT, 16 * Board.PAGE, RW);
        process.storeRelease64(AT, MARK);
        process.register(notifier);
    }

    @AfterEach
    void close() {
        board.close();
    }

    private void watchFrame() {
        new Device(board.memory, process).access(AT, Access.READ, pa -> watched = pa);
    }

    private void frameIsGone() {
        assertEquals(FrameTable.POISON, board.memory.load64(watched));
    }

    @Test
    void anUnmapTellsOfItsRangeAndOfTablesBeforeFramesAreFreed() {
        process.storeRelease64(AT + 15 * Board.PAGE, 1);
        watchFrame();
        process.unmap(AT, Board.PAGE);
        assertEquals(List.of("1000000000-1000000fff"), told);
        frameIsGone();
        watched = -1;
        process.unmap(AT + Board.PAGE, 15 * Board.PAGE);
        // The last area is gone, and with it every table below the root: all 47 bits' worth of the first 512 GiB.
        assertEquals("0-7fffffffff tables", told.get(1));
    }

    @Test
    void whatWasNeverTouchedIsNotToldOf() {
        process.unmap(AT + Board.PAGE, 4 * Board.PAGE);
        process.loadAcquire64(AT + 8 * Board.PAGE);
        assertEquals(List.of(), told);
    }

    @Test
    void aPageThatIsPutAsideIsReadOutAfterTheNotifier() {
        watchFrame();
        long frame = watched;
        watched = -1;
        process.unregister(notifier);
        process.register(new AddressSpaceNotifier() {
            @Override
            public void invalidate(long first, long last, boolean tables) {
                if (first == AT) {
                    told.add("last write");
                    board.memory.store64(frame, MARK + 1);
                }
            }

            @Override
            public void release() {
                told.add("release");
            }
        });
        for (int page = 1; page < 9; page++) {
            process.storeRelease64(AT + page * Board.PAGE, page);
        }
        assertEquals(List.of("last write"), told);
        assertEquals(MARK + 1, process.loadAcquire64(AT));
    }

    @Test
    void aForkTellsBeforeItReturnsAndTheCopyBeforeTheOldFrameGoes() {
        watchFrame();
        UserProcess child = process.fork();
        assertEquals(List.of("1000000000-1000000fff"), told);
        child.exit();
        process.storeRelease64(AT, MARK);
        assertEquals(2, told.size(), "more is allowed than before");
        process.protect(AT, Board.PAGE, Access.READ);
        assertEquals(3, told.size());
    }

    @Test
    void aDeviceReadsTheCopyThatItsProcessWroteAfterAFork() {
        Device device = new Device(board.memory, process);
        process.fork();
        long[] seen = new long[1];
        device.access(AT, Access.READ, pa -> seen[0] = board.memory.load64(pa));
        assertEquals(MARK, seen[0]);
        process.storeRelease64(AT, MARK + 1);
        device.access(AT, Access.READ, pa -> seen[0] = board.memory.load64(pa));
        assertEquals(MARK + 1, seen[0]);
    }

    @Test
    void anEndIsToldOnceBeforeAnythingIsFreedAndFaultsAreRefused() {
        watchFrame();
        process.exit();
        assertEquals(List.of("release"), told);
        frameIsGone();
        process.unregister(notifier);
        assertEquals(Reason.NO_DEVICE, assertThrows(IommuException.class,
                () -> process.register(notifier)).reason());
        assertEquals(0, board.frames.held());
    }

    @Test
    void whoHasLeftIsNotToldAndNobodyComesTwice() {
        assertEquals(Reason.EXISTS, assertThrows(IommuException.class, () -> process.register(notifier)).reason());
        assertEquals(1, process.report().notifiers());
        process.unregister(notifier);
        process.unmap(AT, Board.PAGE);
        process.exit();
        assertEquals(List.of(), told);
    }

    /** Shows that the tests can fail: a device that keeps what it was told to forget reads a poisoned frame. */
    @Test
    void aDeviceThatIgnoresItsNotifierReadsPoison() {
        long[] pa = new long[1];
        new Device(board.memory, process).access(AT, Access.READ, at -> pa[0] = at);
        process.unmap(AT, Board.PAGE);
        assertEquals(FrameTable.POISON, board.memory.load64(pa[0]));
    }

    @Test
    void framesThatANotifierFailedToInvalidateAreNeverUsedAgain() {
        process.register(new AddressSpaceNotifier() {
            @Override
            public void invalidate(long first, long last, boolean tables) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void release() {
                // Nothing to forget.
            }
        });
        watchFrame();
        process.unmap(AT, Board.PAGE);
        assertEquals(MARK, board.memory.load64(watched));
        assertEquals("mm", board.table.ownerOf(watched));
        assertEquals(FaultResult.NO_AREA, process.handleFault(AT, Access.READ));
        process.storeRelease64(AT + Board.PAGE, 1);
        watched = -1;
        assertEquals(Reason.IO, assertThrows(IommuException.class, process::fork).reason());
        assertEquals(List.of(process), board.processes.list());
    }
}
