package org.iommu4j.smmuv3.queues;

import org.iommu4j.api.driver.Gather;
import org.iommu4j.driver.domain.DomainCaches;
import org.iommu4j.smmuv3.domain.DomainForm;
import org.iommu4j.smmuv3.entries.ConfigurationCaches;
import org.iommu4j.smmuv3.entries.Translation;
import org.iommu4j.smmuv3.entries.Translation.Kind;

/**
 * What a unit may have cached, and the commands that make it forget. Each method returns when the invalidation is
 * complete and transactions that used what was removed have ended (section 4.7.3). Nothing absent is cached, so mapping
 * needs none. Any thread; allocates nothing.
 */
public final class UnitCaches implements ConfigurationCaches, DomainCaches<DomainForm> {
    private final CommandQueue commands;
    private final boolean ranges;

    /** @param ranges true if one command invalidates a range (IDR3.RIL) */
    public UnitCaches(CommandQueue commands, boolean ranges) {
        this.commands = commands;
        this.ranges = ranges;
    }

    public CommandQueue commands() {
        return commands;
    }

    /** Everything: before the unit is turned on, and when it is given up. */
    public void forgetAll() {
        long first = commands.add(Configuration.streams(0), Configuration.all());
        commands.add(Tlb.everything(), 0);
        commands.sync(first);
    }

    @Override
    public void forgetStream(int stream, boolean table) {
        // Its CDs go with it (section 4.3.1).
        commands.run(Configuration.stream(stream), Configuration.leaf(!table));
    }

    @Override
    public void forgetContexts(int stream) {
        commands.run(Configuration.contexts(stream), 0);
    }

    @Override
    public void forgetStreams(int first, int streamsLg2) {
        commands.run(Configuration.streams(first), Configuration.range(streamsLg2));
    }

    /** All that was translated by what a stream's entries said. */
    public void forgetTranslations(Translation translation) {
        if (translation.hasTable()) {
            forgetTag(translation.kind() == Kind.STAGE1, translation.tag());
        }
    }

    private void forgetTag(boolean stage1, int tag) {
        commands.run(stage1 ? Tlb.asid(tag) : Tlb.vmid(tag), 0);
    }

    @Override
    public void mapped(int tag, DomainForm form, long start, long last) {
        // Nothing absent is cached (section 3.21.1).
    }

    @Override
    public void forget(int tag, DomainForm form, Gather gather) {
        if (gather.isEmpty()) {
            forgetTag(form.stage1(), tag); // tables alone: their range is not known
        } else if (ranges) {
            forgetRange(tag, form, gather);
        } else {
            forgetPages(tag, form, gather);
        }
    }

    /** In pieces of up to 31 times a power of two, the least significant first. */
    private void forgetRange(int tag, DomainForm form, Gather gather) {
        int granule = form.granuleLg2();
        boolean leavesOnly = gather.tableCount() == 0;
        int level = leavesOnly ? Tlb.level(gather.pageSizes(), granule) : 0;
        long pages = (gather.last() - gather.start() >>> granule) + 1;
        if (level == 0) {
            pages += pages & 1; // one page without a level is a reserved combination
        }
        long low = Tlb.pages(form.stage1(), tag);
        long shape = Tlb.shape(granule, level);
        long first = -1;
        for (long iova = gather.start(); ; ) {
            int scale = Long.numberOfTrailingZeros(pages);
            long num = pages >>> scale & (1 << Tlb.NUM_BITS) - 1;
            long piece = low | Tlb.count((int) num, scale);
            long address = Tlb.address(iova, leavesOnly) | shape;
            pages -= num << scale;
            if (pages == 0 && first < 0) {
                commands.run(piece, address);
                return;
            }
            long position = commands.add(piece, address);
            first = first < 0 ? position : first;
            if (pages == 0) {
                commands.sync(first);
                return;
            }
            iova += num << scale + granule;
        }
    }

    /** Page by page, unless all of the tag costs less: from as many pages on as a table has. */
    private void forgetPages(int tag, DomainForm form, Gather gather) {
        boolean leavesOnly = gather.tableCount() == 0;
        int step = leavesOnly ? Long.numberOfTrailingZeros(gather.pageSizes()) : form.granuleLg2();
        long pages = (gather.last() - gather.start() >>> step) + 1;
        if (pages >= 1L << form.granuleLg2() - 3) {
            forgetTag(form.stage1(), tag);
            return;
        }
        long low = Tlb.pages(form.stage1(), tag);
        long first = commands.add(low, Tlb.address(gather.start(), leavesOnly));
        for (long page = 1; page < pages; page++) {
            commands.add(low, Tlb.address(gather.start() + (page << step), leavesOnly));
        }
        commands.sync(first);
    }
}
