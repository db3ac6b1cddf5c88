package org.iommu4j.core.fake;

import java.util.Map;
import org.iommu4j.api.DirtyVisitor;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;

/** Pages of 4 KiB in a map of the machine. */
public final class FakeDomain implements DriverDomain {
    private static final long PAGE = 4096;

    final String name;
    private final FakeDriver driver;
    private final FakeMachine machine;
    private final long id;

    FakeDomain(FakeDriver driver, FakeMachine machine, String name, long id) {
        this.driver = driver;
        this.machine = machine;
        this.name = name;
        this.id = id;
    }

    private Map<Long, Long> pages() {
        return machine.tables.get(id);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public long lastIova() {
        return (1L << 39) - 1;
    }

    @Override
    public long pageSizes() {
        return PAGE;
    }

    @Override
    public void map(long iova, long pa, long length, int protection, Gather gather) {
        driver.call("map");
        gather.cursor()[0] = iova;
        for (long at = 0; at < length; at += PAGE) {
            if (pages().containsKey(iova + at)) {
                throw IommuException.of(Reason.EXISTS, "%#x is mapped", iova + at);
            }
        }
        for (long at = 0; at < length; at += PAGE) {
            pages().put(iova + at, pa + at);
        }
    }

    @Override
    public long unmap(long iova, long length, Gather gather) {
        driver.call("unmap");
        long done = 0;
        while (done < length && pages().remove(iova + done) != null) {
            gather.add(iova + done, iova + done + PAGE - 1, 12);
            done += PAGE;
        }
        return done;
    }

    @Override
    public void sync(Gather gather) {
        driver.call("sync");
        gather.clear();
    }

    @Override
    public long translate(long iova) {
        Long page = pages().get(iova & -PAGE);
        return page == null ? DomainOps.NOT_MAPPED : page + (iova & PAGE - 1);
    }

    /** Every mapped page has been written. */
    @Override
    public void readAndClearDirty(long iova, long length, DirtyVisitor visitor, Gather gather) {
        driver.call("read dirty");
        pages().keySet().stream().filter(page -> page >= iova && page - iova < length).sorted().forEach(page -> {
            gather.add(page, page + PAGE - 1, 12);
            visitor.dirty(page, PAGE, 12);
        });
    }

    @Override
    public void free() {
        driver.call("free");
        machine.tables.remove(id);
    }
}
