package org.iommu4j.system.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.system.differential.Ledger.Leaf;
import org.iommu4j.tck.kit.Deviations;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Mover;

/** Random steps on both sides; each disagreement ends the run with an error that names seed and step. One thread. */
final class Run {
    static final int DOMAINS = 3;

    private static final long LARGE = 1 << 21;
    /** Where ranges begin: the bottom, and boundaries of tables at each level. */
    private static final long[] AREAS = {0, 0x3fff_0000L, 0x7fe0_0000L, 0x12_3440_0000L, 0x7f_fff0_0000L,
        0x7fff_ff00_0000L};
    private static final int AREA_PAGES = 64;
    private static final int LONGEST = 12;
    private static final int[] RIGHTS = {Protection.READ, Protection.WRITE, Protection.READ | Protection.WRITE,
        Protection.READ | Protection.WRITE};
    private static final String KNOWN_PAGE = "a forbidden access is reported though the page is known";

    private final Side model;
    private final Side qemu;
    private final Twin twin;
    private final List<String> devices;
    private final Deviations deviations;
    private final boolean silentOnKnownPages;
    private final long seed;
    private final Random random;
    private final Ledger ledger;
    private int number;
    private long refused;

    /** @param deviations of QEMU's */
    Run(Side model, Side qemu, Twin twin, Deviations deviations, long seed) {
        this.model = model;
        this.qemu = qemu;
        this.twin = twin;
        this.devices = twin.devices();
        this.ledger = new Ledger(DOMAINS, devices.size());
        this.deviations = deviations;
        this.silentOnKnownPages = deviations.all().stream().anyMatch(entry -> entry.subject().equals(KNOWN_PAGE));
        this.seed = seed;
        this.random = new Random(seed);
    }

    void steps(int count) {
        for (number = 0; number < count; number++) {
            int kind = random.nextInt(100);
            if (kind < 25) {
                map();
            } else if (kind < 42) {
                unmap();
            } else if (kind < 47) {
                translate();
            } else if (kind < 56) {
                move();
            } else if (kind < 58) {
                renew();
            } else {
                access();
            }
        }
        check(model.faultCount() == refused, "the model reports " + model.faultCount() + " faults of " + refused
                + " refused requests");
    }

    private void map() {
        int domain = random.nextInt(DOMAINS);
        boolean large = random.nextInt(8) == 0;
        long size = large ? LARGE : Ledger.PAGE;
        long iova = address() & -size;
        long length = large ? LARGE : (1 + random.nextInt(LONGEST)) * Ledger.PAGE;
        long offset = random.nextLong((1L << Side.BLOCK_LG2) - length) & -size;
        int protection = RIGHTS[random.nextInt(RIGHTS.length)];
        String said = agreed(String.format("map domain %d %#x %#x %#x %s", domain, iova, offset, length,
                Protection.text(protection)), side -> side.map(domain, iova, offset, length, protection));
        if (said.equals("done")) {
            ledger.mapped(domain, iova, offset, length, model.domain(domain).granted(protection));
        }
    }

    private void unmap() {
        int domain = random.nextInt(DOMAINS);
        long iova = address(domain) & -Ledger.PAGE;
        boolean large = random.nextInt(3) == 0;
        long start = large ? iova & -LARGE : iova;
        long length = large ? LARGE : (1 + random.nextInt(LONGEST)) * Ledger.PAGE;
        String said = agreed(String.format("unmap domain %d %#x %#x", domain, start, length),
                side -> side.unmap(domain, start, length));
        if (said.matches("\\d+")) {
            ledger.unmapped(domain, start, Long.parseLong(said));
        }
    }

    private void translate() {
        int domain = random.nextInt(DOMAINS);
        long iova = address(domain);
        String said = agreed(String.format("translate domain %d %#x", domain, iova),
                side -> side.translate(domain, iova));
        Leaf leaf = ledger.leaf(domain, iova);
        String due = leaf == null ? "not mapped" : Long.toHexString(leaf.offset() + iova % Ledger.PAGE);
        check(said.equals(due), "translate says " + said + " for " + due);
    }

    private void move() {
        int device = random.nextInt(devices.size());
        int domain = random.nextInt(DOMAINS + 1) - 1;
        String said = agreed("move " + device + " to " + domain, side -> side.move(device, domain));
        check(said.equals("done"), "move says " + said);
        ledger.moved(device, domain);
    }

    private void renew() {
        int domain = random.nextInt(DOMAINS);
        if (!ledger.isUsed(domain)) {
            agreed("renew " + domain, side -> side.renew(domain));
            ledger.emptied(domain);
        }
    }

    private void access() {
        int device = random.nextInt(devices.size());
        int domain = ledger.domainOf(device);
        long iova = (domain == Ledger.BLOCKED ? address() : address(domain)) & -Mover.WORD;
        boolean write = random.nextBoolean();
        int access = write ? Protection.WRITE : Protection.READ;
        Leaf leaf = ledger.leafOf(device, iova);
        boolean allowed = leaf != null && (leaf.granted() & access) != 0;
        boolean known = leaf != null && ledger.use(device, leaf);
        Faults ofModel = model.faults();
        Faults ofQemu = qemu.faults();
        String what = String.format("%s of %s in domain %d at %#x, %s%s", write ? "write" : "read",
                devices.get(device), domain, iova, leaf == null ? "unmapped" : Protection.text(leaf.granted()),
                known ? ", known" : "");
        transfer(what, device, domain, iova, write, allowed ? leaf.offset() + iova % Ledger.PAGE : -1);
        if (!allowed && (domain != Ledger.BLOCKED || twin.reportsBlocked())) {
            refused++;
            faults(what, device, iova, write, leaf != null && known && silentOnKnownPages, ofModel, ofQemu);
        }
    }

    /** @param offset of the word in the block of frames; -1 if the request has to be refused */
    private void transfer(String what, int device, int domain, long iova, boolean write, long offset) {
        int value = random.nextInt() | 1;
        for (Side side : List.of(model, qemu)) {
            String name = side == model ? "model: " : "QEMU: ";
            if (domain == Ledger.BLOCKED) {
                side.request(device, iova, write);
            } else if (write) {
                side.write(device, iova, value);
                check(offset < 0 || side.word(offset) == value, name + what + " did not arrive");
            } else {
                int due = offset < 0 ? 0 : side.word(offset);
                int got = side.read(device, iova);
                check(got == due, String.format("%s%s brings %#x, due is %#x", name, what, got, due));
            }
        }
    }

    /** @param silent if QEMU is known not to report it */
    private void faults(String what, int device, long iova, boolean write, boolean silent, Faults ofModel,
            Faults ofQemu) {
        int access = write ? Protection.WRITE : Protection.READ;
        Optional<DmaFault> first = model.fault(ofModel, device, iova, access, write);
        check(first.isPresent(), "model: no fault of " + what);
        if (silent || !twin.qemuReportsFaults()) {
            return;
        }
        Optional<DmaFault> second = qemu.fault(ofQemu, device, iova, access, write);
        check(second.isPresent(), "QEMU: no fault of " + what);
        check(deviations.agree(first.get().code(), second.get().code()), String.format(
                "fault codes of %s: model %#x, QEMU %#x", what, first.get().code(), second.get().code()));
    }

    private String agreed(String what, Function<Side, String> step) {
        String first = step.apply(model);
        String second = step.apply(qemu);
        check(first.equals(second), what + ": the model says " + first + ", QEMU " + second);
        return first;
    }

    /** Some address, mapped or not. */
    private long address() {
        long page = random.nextInt(AREA_PAGES) * Ledger.PAGE;
        return AREAS[random.nextInt(AREAS.length)] + page + random.nextInt((int) Ledger.PAGE);
    }

    /** Mostly an address that is mapped. */
    private long address(int domain) {
        List<Long> pages = new ArrayList<>(ledger.pages(domain));
        if (pages.isEmpty() || random.nextInt(6) == 0) {
            return address();
        }
        pages.sort(null);
        return pages.get(random.nextInt(pages.size())) + random.nextInt((int) Ledger.PAGE);
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("seed " + seed + ", step " + number + ": " + what);
        }
    }
}
