package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.iommu4j.api.Protection;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.golden.GoldenRows;
import org.iommu4j.hwsim.machine.Board;
import org.iommu4j.hwsim.machine.FlushedView;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The model, given just the entries and registers that Linux wrote, answers as Linux's own page tables do. */
class GoldenTest {
    private static final long INTERRUPT_REMAPPING = 1 << 3;

    @ParameterizedTest
    @CsvSource({"legacy, 30", "sm-second-stage, 28", "sm-first-stage, 31"})
    void everyWalkGivesTheAddressOrTheFault(String mode, int expectedWalks) {
        try (PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 6L << 30)))) {
            FlushedView flushed = new FlushedView(memory);
            VtdModel model = load(mode, memory, flushed);
            Requester requester = model.requester();
            List<Map<String, String>> walks = GoldenRows.read("vtd", "walks.csv", mode);
            assertEquals(expectedWalks, walks.size());
            for (int round = 0; round < 2; round++) {
                for (Map<String, String> walk : walks) {
                    check(mode, model, requester, walk);
                }
            }
            flushed.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy", "sm-second-stage", "sm-first-stage"})
    void everyCommandOfLinuxIsLegal(String mode) {
        try (VtdBench bench = mode.equals("legacy") ? VtdBench.legacy().start(VtdBench.ROOT)
                : VtdBench.scalable().start(VtdBench.ROOT | 1 << 10)) {
            List<Map<String, String>> commands = GoldenRows.read("vtd", "commands.csv", mode);
            assertTrue(commands.size() > 10);
            for (Map<String, String> command : commands) {
                long[] words = GoldenRows.words(command);
                bench.submit(words[0], words[1]);
                assertEquals(0, bench.registers.read32(VtdBench.FSTS), command.toString());
                assertEquals(bench.registers.read64(VtdBench.IQT), bench.registers.read64(VtdBench.IQH));
            }
            assertNotEquals(0, bench.counter("iotlb.invalidations.global"));
        }
    }

    private static VtdModel load(String mode, PhysicalMemory memory, FlushedView flushed) {
        List<Map<String, String>> entries = GoldenRows.read("vtd", "entries.csv", mode);
        for (Map<String, String> entry : entries) {
            // Words that the data does not give are poison: a walk that needs one is seen.
            memory.fill(address(entry) & -PhysicalMemory.PAGE, PhysicalMemory.PAGE, FrameTable.POISON);
        }
        for (Map<String, String> entry : entries) {
            long[] words = GoldenRows.words(entry);
            for (int i = 0; i < words.length; i++) {
                memory.store64(address(entry) + 8L * i, words[i]);
            }
        }
        for (Map<String, String> entry : entries) {
            // The units of these machines do not snoop: C is 0.
            flushed.flush(address(entry) & -PhysicalMemory.PAGE, PhysicalMemory.PAGE);
        }
        VtdCapabilities caps = new VtdCapabilities((int) register(mode, "VER_REG"), register(mode, "CAP_REG"),
                register(mode, "ECAP_REG") & ~INTERRUPT_REMAPPING, 46);
        VtdModel model = new VtdModel("dmar0", caps, VtdCaches.DEFAULT,
                new Board(memory, flushed, 46, 1, (a, d) -> true));
        model.registers().write64(VtdBench.RTADDR, register(mode, "RTADDR_REG"));
        model.registers().write32(VtdBench.GCMD, VtdBench.SRTP);
        model.registers().write32(VtdBench.GCMD, VtdBench.TE);
        return model;
    }

    private static long address(Map<String, String> entry) {
        return Long.decode(entry.get("where").split(";")[0].substring("pa=".length()));
    }

    private static long register(String mode, String name) {
        return GoldenRows.read("vtd", "registers.csv", mode).stream().filter(row -> row.get("name").equals(name))
                .mapToLong(row -> Long.decode(row.get("value"))).findFirst().orElseThrow();
    }

    private static void check(String mode, VtdModel model, Requester requester, Map<String, String> walk) {
        long iova = Long.decode(walk.get("iova"));
        int rid = rid(walk.get("dev"));
        boolean legacy = mode.equals("legacy");
        String expect = walk.get("expect");
        requester.enter();
        long read = requester.translate(rid, Requester.NO_PASID, iova, Protection.READ);
        if (expect.startsWith("fault:")) {
            assertEquals(Requester.ABORT, read, walk.toString());
            int reason = expect.contains("root") ? legacy ? 0x01 : 0x39
                    : expect.contains("context") ? legacy ? 0x02 : 0x41
                    : legacy ? 0x06 : mode.equals("sm-first-stage") ? 0x71 : 0x79;
            checkRecord(model, rid, iova, reason, walk);
        } else {
            long pa = Long.decode(expect);
            assertEquals(pa, read, walk.toString());
            long size = Long.decode(walk.get("page_size"));
            if ((iova & size - 1) == 0) {
                assertEquals(pa + size - 1,
                        requester.translate(rid, Requester.NO_PASID, iova + size - 1, Protection.READ));
            }
            long write = requester.translate(rid, Requester.NO_PASID, iova, Protection.WRITE);
            if (walk.get("perm").equals("rw")) {
                assertEquals(pa, write, walk.toString());
            } else {
                assertEquals(Requester.ABORT, write, walk.toString());
                assertEquals(legacy ? 0x05 : 0x85, (int) (model.registers().read64(0x228) >>> 32) & 0xff);
                model.registers().write32(0x22c, 1 << 31);
            }
        }
        requester.exit();
    }

    private static void checkRecord(VtdModel model, int rid, long iova, int reason, Map<String, String> walk) {
        long high = model.registers().read64(0x228);
        assertEquals(1L << 63 | 1L << 62 | (long) reason << 32 | rid, high, walk.toString());
        assertEquals(iova & -4096, model.registers().read64(0x220));
        model.registers().write32(0x22c, 1 << 31);
    }

    private static int rid(String device) {
        String[] parts = device.split("[:.]");
        return Integer.parseInt(parts[1], 16) << 8 | Integer.parseInt(parts[2], 16) << 3 | Integer.parseInt(parts[3]);
    }
}
