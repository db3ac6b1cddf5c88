package org.iommu4j.core.topology;

import java.util.List;

/**
 * Functions that cannot be told apart or kept apart.
 *
 * @param id from 0 on, in the order of discovery
 * @param nodes sorted by address, never empty
 * @param reasons one sentence a member that joined, empty for a function alone
 */
public record Group(int id, List<Node> nodes, List<String> reasons) {
    public Group {
        nodes = List.copyOf(nodes);
        reasons = List.copyOf(reasons);
    }
}
