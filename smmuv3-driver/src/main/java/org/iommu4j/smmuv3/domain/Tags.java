package org.iommu4j.smmuv3.domain;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.domain.PagingDomain;

/**
 * A unit's ASIDs, or its VMIDs: which are handed out, and to which domain. 0 never is: it is the VMID of streams in
 * stage 1. Not safe for threads.
 */
final class Tags {
    static final int FIRST = 1;

    private final String name;
    private final int count;
    private final BitSet taken = new BitSet();
    private final Map<Integer, PagingDomain<DomainForm>> domains = new TreeMap<>();

    /** @param name of unit and kind, for messages @param count how many there are, 0 among them */
    Tags(String name, int count) {
        this.name = name;
        this.count = count;
    }

    /** @throws IommuException NO_SPACE */
    int take(PagingDomain<DomainForm> domain) {
        int free = taken.nextClearBit(FIRST);
        if (free >= count) {
            throw IommuException.of(Reason.NO_SPACE, "%s: all %d are in use", name, count - FIRST);
        }
        taken.set(free);
        domains.put(free, domain);
        return free;
    }

    void give(int tag) {
        taken.clear(tag);
        domains.remove(tag);
    }

    /** The domain of a tag, or null. */
    PagingDomain<DomainForm> domain(int tag) {
        return domains.get(tag);
    }

    /** A domain's tag, or 0. */
    int of(PagingDomain<DomainForm> domain) {
        return domains.entrySet().stream().filter(each -> each.getValue() == domain).mapToInt(Map.Entry::getKey)
                .findFirst().orElse(0);
    }

    void adopt(int tag, PagingDomain<DomainForm> domain) {
        domains.put(tag, domain);
    }

    void adopt(List<Integer> tags) {
        tags.forEach(taken::set);
    }

    List<Integer> taken() {
        return taken.stream().boxed().toList();
    }

    void clear() {
        domains.clear();
    }
}
