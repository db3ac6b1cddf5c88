package org.iommu4j.mm.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.FaultResult;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.mm.process.Board.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memory that does not suffice: what is put aside, what is refused, and that no byte gets lost. */
class ReclaimTest {
    private static final int RW = Access.READ | Access.WRITE;
    private static final int STEPS = 4_000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int PAGES = 24;
    private static final long AT = 0x10_0000_0000L;

    private static long at(int page) {
        return AT + (long) page * Board.PAGE;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pagesBeyondTheLimitKeepTheirContents(Kind kind) {
        try (Board board = new Board(kind, 100, 4, 100)) {
            UserProcess process = board.processes.create("test");
            process.mapAt(AT, 32 * Board.PAGE, RW);
            for (int round = 1; round <= 3; round++) {
                for (int page = 0; page < 32; page++) {
                    assertEquals((round - 1) * 100L * page, process.loadAcquire64(at(page)), "page " + page);
                    process.storeRelease64(at(page), round * 100L * page);
                }
            }
            assertEquals(4 * Board.PAGE, process.report().resident());
            assertEquals(28 * Board.PAGE, process.report().swapped());
            process.exit();
            assertEquals(0, board.frames.held());
            assertEquals(0, board.swap.used());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void thePageThatIsUsedStaysAndTheColdOneGoes(Kind kind) {
        try (Board board = new Board(kind, 100, 4, 100)) {
            UserProcess process = board.processes.create("test");
            process.mapAt(AT, 32 * Board.PAGE, RW);
            process.storeRelease64(AT, 1);
            for (int page = 1; page < 32; page++) {
                long before = process.report().faults();
                process.loadAcquire64(AT);
                assertEquals(before, process.report().faults(), "the hot page was taken, round " + page);
                process.loadAcquire64(at(page));
                process.loadAcquire64(AT);
            }
        }
    }

    @Test
    void pagesThatNobodyWroteNeedNoRoomElsewhere() {
        try (Board board = new Board(Kind.X86_4, 100, 4, 2)) {
            UserProcess process = board.processes.create("test");
            process.mapAt(AT, 32 * Board.PAGE, RW);
            for (int page = 0; page < 32; page++) {
                assertEquals(0, process.loadAcquire64(at(page)));
            }
            assertTrue(board.swap.used() <= 2, board.swap.used() + " pages");
            process.exit();
            assertEquals(0, board.swap.used());
        }
    }

    @Test
    void whereNothingCanGoTheFaultIsRefusedAndAllIsAsBefore() {
        try (Board board = new Board(Kind.X86_4, 100, 4, 2)) {
            UserProcess process = board.processes.create("test");
            process.mapAt(AT, 32 * Board.PAGE, RW);
            for (int page = 0; page < 6; page++) {
                process.storeRelease64(at(page), page);
            }
            assertEquals(FaultResult.NO_MEMORY, process.handleFault(at(6), Access.WRITE));
            assertEquals(Reason.NO_MEMORY, assertThrows(IommuException.class,
                    () -> process.storeRelease64(at(6), 6)).reason());
            process.unmap(AT, Board.PAGE);
            process.storeRelease64(at(6), 6);
            assertEquals(6, process.loadAcquire64(at(6)));
        }
    }

    @Test
    void aProcessThatNeedsAFrameTakesItFromAnother() {
        try (Board board = new Board(Kind.X86_4, 20, 100, 100)) {
            UserProcess rich = board.processes.create("rich");
            rich.mapAt(AT, 32 * Board.PAGE, RW);
            for (int page = 0; page < 12; page++) {
                rich.storeRelease64(at(page), page);
            }
            UserProcess poor = board.processes.create("poor");
            poor.mapAt(AT, Board.PAGE, RW);
            poor.storeRelease64(AT, 77);
            assertTrue(rich.report().reclaimed() > 0);
            for (int page = 0; page < 12; page++) {
                assertEquals(page, rich.loadAcquire64(at(page)));
            }
            assertEquals(77, poor.loadAcquire64(AT));
        }
    }

    @Test
    void aForkWithoutMemoryChangesNothing() {
        try (Board board = new Board(Kind.X86_4, 5, 100, 100)) {
            UserProcess process = board.processes.create("test");
            process.mapAt(AT, Board.PAGE, RW);
            process.storeRelease64(AT, 3);
            assertEquals(Reason.NO_MEMORY, assertThrows(IommuException.class, process::fork).reason());
            assertEquals(List.of(process), board.processes.list());
            long faults = process.report().faults();
            process.storeRelease64(AT, 4);
            assertEquals(faults, process.report().faults(), "the page was not even write-protected");
        }
    }

    /** Several processes of one family, each with the contents that it must have. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void nothingIsLostOrSeenByOthersWhateverIsDone(Kind kind) {
        long seed = Long.getLong("iommu4j.seed", 7L + kind.ordinal());
        Random random = new Random(seed);
        try (Board board = new Board(kind, 60, 8, 10_000)) {
            List<UserProcess> processes = new ArrayList<>();
            List<TreeMap<Integer, Long>> models = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                String what = "seed " + seed + ", step " + step;
                if (processes.isEmpty()) {
                    processes.add(board.processes.create("test"));
                    models.add(new TreeMap<>());
                }
                int which = random.nextInt(processes.size());
                UserProcess process = processes.get(which);
                TreeMap<Integer, Long> model = models.get(which);
                int page = random.nextInt(PAGES);
                int pages = 1 + random.nextInt(4);
                switch (random.nextInt(16)) {
                    case 0 -> {
                        process.unmap(at(page), (long) pages * Board.PAGE);
                        model.subMap(page, page + pages).clear();
                    }
                    case 1, 2 -> {
                        if (model.subMap(page, page + pages).isEmpty()) {
                            process.mapAt(at(page), (long) pages * Board.PAGE, RW);
                            for (int i = page; i < page + pages; i++) {
                                model.put(i, 0L);
                            }
                        }
                    }
                    case 3 -> {
                        if (processes.size() < 5) {
                            processes.add(process.fork());
                            models.add(new TreeMap<>(model));
                        }
                    }
                    case 4 -> {
                        if (random.nextInt(4) == 0) {
                            process.exit();
                            processes.remove(which);
                            models.remove(which);
                        }
                    }
                    case 5 -> {
                        if (model.containsKey(page)) {
                            process.protect(at(page), Board.PAGE, random.nextBoolean() ? 0 : Access.READ);
                            process.protect(at(page), Board.PAGE, RW);
                        }
                    }
                    case 6, 7, 8, 9 -> {
                        if (model.containsKey(page)) {
                            process.storeRelease64(at(page) + 8, step);
                            model.put(page, (long) step);
                        }
                    }
                    default -> {
                        if (model.containsKey(page)) {
                            assertEquals(model.get(page), process.loadAcquire64(at(page) + 8), what);
                        } else {
                            assertEquals(FaultResult.NO_AREA, process.handleFault(at(page), Access.READ), what);
                        }
                    }
                }
                assertTrue(process.report().resident() <= 8 * Board.PAGE, what);
            }
            board.processes.close();
            assertEquals(0, board.frames.held(), "seed " + seed);
            assertEquals(0, board.swap.used(), "seed " + seed);
        }
    }
}
