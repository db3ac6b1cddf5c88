package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.Test;

/** The model, given just the entries and registers that Linux wrote, answers as Linux's own page tables do. */
class GoldenTest {
    private static final String ARCHITECTURE = "amd";
    private static final String MODE = "v1";
    /** PreFSup, PPRSup, GASup and GATS of six levels. */
    private static final long ABSENT = 1 | 1 << 1 | 1 << 7 | 1 << 13;
    private static final long GUEST_APIC = 1 << 17;
    private static final long EVENTS = 0x1_0200_0000L;

    @Test
    void everyWalkGivesTheAddressOrTheFault() {
        try (PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 6L << 30)))) {
            FlushedView flushed = new FlushedView(memory);
            AmdModel model = load(memory, flushed);
            Requester requester = model.requester();
            List<Map<String, String>> walks = GoldenRows.read(ARCHITECTURE, "walks.csv", MODE);
            assertEquals(42, walks.size());
            for (int round = 0; round < 2; round++) {
                for (Map<String, String> walk : walks) {
                    check(memory, model, requester, walk);
                }
            }
            assertTrue(model.registers().read64(0x2018) > 0, "faults have been logged");
            flushed.close();
        }
    }

    @Test
    void everyCommandOfLinuxIsLegal() {
        try (AmdBench bench = AmdBench.host()) {
            List<Map<String, String>> commands = GoldenRows.read(ARCHITECTURE, "commands.csv", MODE);
            assertEquals(35, commands.size());
            for (Map<String, String> command : commands) {
                long[] words = GoldenRows.words(command);
                // The store goes to memory that the bench has: below 4 GiB.
                boolean wait = command.get("kind").equals("COMPLETION_WAIT");
                bench.submit(wait ? words[0] & ~0xf_0000_0000L : words[0], words[1]);
                assertEquals(0x18, bench.registers.read64(AmdBench.STATUS), command.toString());
                assertEquals(bench.registers.read64(AmdBench.COMMAND_TAIL),
                        bench.registers.read64(AmdBench.COMMAND_HEAD));
            }
            assertEquals(2, bench.counter("devices.invalidations"));
            assertEquals(1, bench.counter("all.invalidations"));
            assertTrue(bench.counter("pages.invalidations.host") > 10);
            assertEquals(0, bench.counter("pages.invalidations.guest"));
            assertTrue(bench.memory.load64(0x271_f000) >= 0x10900, "the last store");
        }
    }

    @Test
    void theInitialisationOfLinuxEndsWithItsRegisters() {
        try (PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 6L << 30)))) {
            FlushedView flushed = new FlushedView(memory);
            AmdModel model = load(memory, flushed);
            for (String name : List.of("DEVICE TABLE BASE", "COMMAND BUFFER BASE", "STATUS")) {
                assertEquals(register(name), model.registers().read64(offset(name)), name);
            }
            assertEquals(register("CONTROL") & ~GUEST_APIC, model.registers().read64(0x18));
            flushed.close();
        }
    }

    private static AmdModel load(PhysicalMemory memory, FlushedView flushed) {
        List<Map<String, String>> entries = GoldenRows.read(ARCHITECTURE, "entries.csv", MODE);
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
        AmdModel model = new AmdModel("amdvi0", new AmdCapabilities(AmdBench.HEADER,
                register("EXTENDED FEATURE") & ~ABSENT, 0, 46), AmdCaches.DEFAULT, 0,
                new Board(memory, flushed, 46, 1, (a, d) -> true));
        // In the order of Linux: halves of 32 bits for the bases, pointers, one control bit after the other.
        long devices = register("DEVICE TABLE BASE");
        model.registers().write32(0, (int) devices);
        model.registers().write32(4, (int) (devices >>> 32));
        model.registers().write64(0x18, 0x482);
        model.registers().write64(8, register("COMMAND BUFFER BASE"));
        model.registers().write64(0x2000, 0);
        model.registers().write64(0x2008, 0);
        model.registers().write64(0x18, 0x1482);
        model.registers().write64(0x10, EVENTS | 15L << 56);
        model.registers().write64(0x18, register("CONTROL"));
        return model;
    }

    private static long address(Map<String, String> entry) {
        return Long.decode(entry.get("where").split(";")[0].substring("pa=".length()));
    }

    private static Map<String, String> row(String name) {
        return GoldenRows.read(ARCHITECTURE, "registers.csv", MODE).stream().filter(row -> row.get("name").equals(name))
                .findFirst().orElseThrow();
    }

    private static long register(String name) {
        return Long.decode(row(name).get("value"));
    }

    private static long offset(String name) {
        return Long.decode(row(name).get("offset"));
    }

    private static void check(PhysicalMemory memory, AmdModel model, Requester requester, Map<String, String> walk) {
        long iova = Long.decode(walk.get("iova"));
        int rid = rid(walk.get("dev"));
        String expect = walk.get("expect");
        requester.enter();
        long read = requester.translate(rid, Requester.NO_PASID, iova, Protection.READ);
        long write = requester.translate(rid, Requester.NO_PASID, iova, Protection.WRITE);
        if (expect.startsWith("fault:")) {
            assertEquals(Requester.ABORT, read, walk.toString());
            assertEquals(Requester.ABORT, write, walk.toString());
            boolean entry = expect.startsWith("fault:DTE");
            long word0 = memory.load64(EVENTS + model.registers().read64(0x2018) - 16);
            // PR and PE are set for the entry that allows nothing, not for what is not present; RW: a write.
            assertEquals(0x2020L | (entry ? 0x50L : 0), word0 >>> 48, walk.toString());
            assertEquals(rid, word0 & 0xffff);
            assertEquals(iova, memory.load64(EVENTS + model.registers().read64(0x2018) - 8));
        } else {
            long pa = Long.decode(expect);
            long size = Long.decode(walk.get("page_size"));
            String rights = walk.get("perm");
            assertEquals(rights.contains("r") ? pa : Requester.ABORT, read, walk.toString());
            assertEquals(rights.contains("w") ? pa : Requester.ABORT, write, walk.toString());
            if ((iova & size - 1) == 0) {
                int access = rights.contains("r") ? Protection.READ : Protection.WRITE;
                assertEquals(pa + size - 1, requester.translate(rid, Requester.NO_PASID, iova + size - 1, access));
            }
        }
        requester.exit();
    }

    private static int rid(String device) {
        String[] parts = device.split("[:.]");
        return Integer.parseInt(parts[1], 16) << 8 | Integer.parseInt(parts[2], 16) << 3 | Integer.parseInt(parts[3]);
    }
}
