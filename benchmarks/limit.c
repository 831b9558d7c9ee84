/* The arithmetic of by_hand.py as one C kernel: what a core can do with it. Tables and figures come from limit.py.

W worlds lie side by side in one vector; everything a block of W worlds touches stays in a core's own cache. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifndef W
#define W 8
#endif
typedef float V __attribute__((vector_size(4 * W)));
typedef int I __attribute__((vector_size(4 * W)));
#define LEAST 1e-6f
#define MOST 64 /* powers, fronts, tokens, moves of a node, kinds of base weights */

static inline V all(float x) { return x - (V){0}; }
static inline V pick(I yes, V a, V b) { return (V)(((I)a & yes) | ((I)b & ~yes)); }
static inline V larger(V a, V b) { return pick(a > b, a, b); }

/* exp and log after Cephes (Moshier): relative error about 1e-7 */
static inline V expv(V x) {
    x = pick(x < -87.0f, all(-87.0f), pick(x > 88.0f, all(88.0f), x));
    V z = x * 1.44269504088896341f;
    I n = __builtin_convertvector(z + pick(z < 0.0f, all(-0.5f), all(0.5f)), I);
    V k = __builtin_convertvector(n, V), r = x - k * 0.693359375f + k * 2.12194440e-4f;
    V p = 1.9875691500e-4f * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return (p * r * r + r + 1.0f) * (V)((n + 127) << 23);
}

static inline V logv(V x) {
    I bits = (I)x, n = (bits >> 23) - 126;
    V m = (V)((bits & 0x007fffff) | 0x3f000000), e = __builtin_convertvector(n, V);
    I low = m < 0.707106781186547524f;
    e = e - pick(low, all(1.0f), all(0.0f));
    m = m - 1.0f + pick(low, m, all(0.0f));
    V z = m * m, p = 7.0376836292e-2f * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    return m + (p * m * z - 2.12194440e-4f * e - 0.5f * z) + 0.693359375f * e;
}

static inline V sigmoid(V x) { return 1.0f / (1.0f + expv(-x)); }

typedef struct { /* numbers of figures unless another kind is named */
    int options, challenger, host, leads, involved, reach, ready, host_reach, pin, tokens;
    const int *strength, *decisive, *advantage, *settles, *hazard, *prize, *loss; /* by token */
    int contests, defenders, cells, partners;
    const int *token, *together, *called;       /* by contest: token and two marks */
    const int *power, *weight, *access, *swing, *credibility; /* by defender; swing -1: without postures */
    const int *station, *wanted, *fights, *massed; /* [defender, contest]; massed marks: [contest, front] */
    const int *at, *nuclear, *both, *there, *bare; /* by cell: token, marks; [power, cell]; [defender, cell] */
    const int *war_cost, *rupture, *escalation;    /* [power, token] twice; by power */
    int stakes;
    const int *holder, *sign, *stake, *flow; /* by stake */
    const int *cell_of, *contest_of;         /* by leaf */
} Front;

typedef struct {
    int front, mover, nodes, edges, kinds, lumps, costs[4]; /* costs: of massing, standing down, calling, halves */
    const int *first, *target, *opens, *weight;       /* by node; by edge */
    const int *mass, *down, *refused, *half, *call;   /* marks by edge */
    const int *kind;                                   /* [kind, 4] of base weights: formula, two figures, a number */
} Layer;

typedef struct {
    int powers, states, layers, fronts, leaves, years, tail, rolled, figures, initial, leader, partner, most, edges;
    const int *loss, *patience, *root, *post, *twice, *from, *to;
    int regime, lesson, practice, synergy, warning, leak, support, obligation, entrapment, breach, leverage;
    int credibility, exports, duration;
    const int *gdp, *force;
    Front front[MOST];
    Layer layer[MOST];
} Game;

static int one(const int **t) { return *(*t)++; }
static const int *some(const int **t, int n) { const int *at = *t; *t += n; return at; }

static void read_front(Game *g, Front *f, const int **t) {
    for (int *n = &f->options; n <= &f->tokens; n++) *n = one(t);
    for (const int **n = &f->strength; n <= &f->loss; n++) *n = some(t, f->tokens);
    f->contests = one(t), f->defenders = one(t), f->cells = one(t), f->partners = one(t);
    for (const int **n = &f->token; n <= &f->called; n++) *n = some(t, f->contests);
    for (const int **n = &f->power; n <= &f->credibility; n++) *n = some(t, f->defenders);
    for (const int **n = &f->station; n <= &f->fights; n++) *n = some(t, f->defenders * f->contests);
    f->massed = some(t, f->contests * g->fronts);
    for (const int **n = &f->at; n <= &f->both; n++) *n = some(t, f->cells);
    f->there = some(t, g->powers * f->cells), f->bare = some(t, f->defenders * f->cells);
    f->war_cost = some(t, g->powers * f->tokens), f->rupture = some(t, g->powers * f->tokens);
    f->escalation = some(t, g->powers), f->stakes = one(t);
    for (const int **n = &f->holder; n <= &f->flow; n++) *n = some(t, f->stakes);
    f->cell_of = some(t, g->leaves), f->contest_of = some(t, g->leaves);
}

static void read_game(Game *g, const int *t) {
    for (int *n = &g->powers; n <= &g->edges; n++) *n = one(&t);
    g->loss = some(&t, g->powers), g->patience = some(&t, g->powers);
    g->root = some(&t, g->states), g->post = some(&t, g->leaves), g->twice = some(&t, g->leaves);
    g->from = some(&t, g->years * g->figures), g->to = some(&t, g->years * g->figures);
    for (int *n = &g->regime; n <= &g->duration; n++) *n = one(&t);
    g->gdp = some(&t, g->powers), g->force = some(&t, g->powers);
    for (int k = 0; k < g->fronts; k++) read_front(g, &g->front[k], &t);
    for (int k = 0; k < g->layers; k++) {
        Layer *l = &g->layer[k];
        for (int *n = &l->front; n <= &l->costs[3]; n++) *n = one(&t);
        l->first = some(&t, l->nodes + 1);
        for (const int **n = &l->target; n <= &l->call; n++) *n = some(&t, l->edges);
        l->kind = some(&t, 4 * l->kinds);
    }
}

/* The figures and the rolled world of one year. */
static void year_figures(const Game *g, int t, const float *part, const V *drawn, const V *rolled, V *f) {
    memcpy(f, rolled + (size_t)t * g->rolled, g->rolled * sizeof(V));
    for (int n = 0; n < g->figures; n++) {
        size_t at = (size_t)t * g->figures + n;
        f[g->rolled + n] = (1 - part[at]) * drawn[g->from[at]] + part[at] * drawn[g->to[at]];
    }
}

static void front_odds(const Game *g, const Front *f, const V *x, V *odds) {
    V pull[MOST], base = x[f->reach] * x[f->ready] * x[g->force[f->challenger]], warned = logv(1.0f + x[g->warning]);
    if (f->leads) base *= 1 + x[g->lesson] * x[g->practice];
    V joint = 1 + x[g->synergy] * x[g->practice];
    for (int d = 0; d < f->defenders; d++) pull[d] = x[f->weight[d]] * x[f->access[d]] * x[g->force[f->power[d]]];
    for (int c = 0; c < f->contests; c++) {
        int token = f->token[c];
        V attack = base * x[f->strength[token]], defence = x[f->host_reach] * x[g->force[f->host]];
        if (f->together[c]) attack *= joint;
        for (int d = 0; d < f->defenders; d++) {
            int at = d * f->contests + c;
            if (!f->fights[at]) continue;
            V share = x[f->station[at]];
            if (f->swing[d] >= 0) {
                V swing = x[f->swing[d]];
                for (int j = 0; j < g->fronts; j++)
                    if (f->massed[c * g->fronts + j]) swing *= 1 - x[g->front[j].pin];
                share += swing * (x[f->wanted[at]] - share);
            }
            defence += share * pull[d];
        }
        V logs = logv(larger(attack, all(LEAST))) - logv(larger(x[f->advantage[token]] * defence, all(LEAST)));
        odds[c] = sigmoid(x[f->decisive[token]] * logs);
        if (f->involved && f->called[c])
            odds[c] += x[g->leak] * (sigmoid(x[f->decisive[token]] * (logs - warned)) - odds[c]);
    }
}

static void front_amounts(const Game *g, const Front *f, const V *x, V *fixed, V *won) {
    int P = g->powers;
    for (int c = 0; c < f->cells; c++) {
        int token = f->at[c];
        V *now = fixed + c * P, *then = won + c * P, settles = x[f->settles[token]], hazard = x[f->hazard[token]];
        for (int p = 0; p < P; p++) {
            now[p] = -x[f->rupture[p * f->tokens + token]], then[p] = all(0);
            if (!f->there[p * f->cells + c]) continue;
            now[p] -= x[f->war_cost[p * f->tokens + token]];
            if (f->nuclear[c]) now[p] -= hazard * x[f->escalation[p]];
        }
        if (f->partners && f->both[c]) {
            now[g->partner] += x[g->support];
            now[g->leader] -= x[g->support] * x[g->gdp[g->partner]] / x[g->gdp[g->leader]];
        }
        for (int d = 0; d < f->defenders; d++)
            if (f->bare[d * f->cells + c]) now[f->power[d]] -= settles * x[f->credibility[d]];
        for (int s = 0; s < f->stakes; s++) {
            V value = x[f->stake[s]];
            if (f->flow[s]) value /= 1 - x[g->patience[f->holder[s]]];
            then[f->holder[s]] += (float)f->sign[s] * settles * x[f->prize[token]] * value;
        }
        V lost = settles * x[f->loss[token]];
        now[f->challenger] -= lost, then[f->challenger] += lost;
    }
}

/* One year's payoffs: leaf [leaf, power], edge [edge of any layer, mover and leader]. */
static void payoffs(const Game *g, const V *x, V *odds, V *fixed, V *won, V *leaf, V *edge) {
    int P = g->powers;
    memset(leaf, 0, (size_t)g->leaves * P * sizeof(V));
    for (int k = 0; k < g->fronts; k++) {
        const Front *f = &g->front[k];
        front_odds(g, f, x, odds), front_amounts(g, f, x, fixed, won);
        for (int n = 0; n < g->leaves; n++)
            for (int p = 0, c = f->cell_of[n] * P; p < P; p++)
                leaf[n * P + p] += fixed[c + p] + won[c + p] * odds[f->contest_of[n]];
    }
    for (int k = 0; k < g->layers; k++) {
        const Layer *l = &g->layer[k];
        V duty = x[g->leverage] + x[g->obligation] * x[g->breach], half = x[l->costs[3]];
        V price = x[g->credibility] * x[g->exports] * x[g->duration];
        V call = x[g->obligation] * x[l->costs[2]];
        for (int e = 0; l->lumps && e < l->edges; e++, edge += 2) {
            V weight = (float)l->refused[e] + (float)l->half[e] * half;
            edge[0] = -((float)l->mass[e] * x[l->costs[0]] + (float)l->down[e] * x[l->costs[1]]);
            edge[0] -= (float)l->call[e] * call + weight * duty, edge[1] = -weight * price;
        }
    }
}

static V base_weight(const int *kind, const V *x) {
    V found;
    for (int w = 0; w < W; w++) {
        float a = x[kind[1]][w], b = x[kind[2]][w], n = (float)kind[3];
        switch (kind[0]) {
        case 0: found[w] = -logf(n); break;
        case 1: found[w] = -a - b; break;
        case 2: found[w] = logf(-expm1f(-b)) - a; break;
        case 3: found[w] = logf(-expm1f(-a) / n); break;
        default: found[w] = -a;
        }
    }
    return found;
}

/* One year from the values of the next, ahead [state, power], both ways; likely [edge]. */
static void back(const Game *g, const V *leaf, const V *edge, const V *weights, const V *settles, const V *patience,
                 const V *mu, V *ahead, V *values, V *other, V *likely) {
    int P = g->powers;
    for (int k = g->fronts - 1, stride = 1; k >= 0; stride *= g->front[k--].options + 2)
        for (int s = 0; s < g->states; s++) {
            int done = g->front[k].options + 1, here = s / stride % (done + 1);
            for (int p = 0; here && here < done && p < P; p++)
                ahead[s * P + p] += settles[k * MOST + here - 1] * (ahead[(s + (done - here) * stride) * P + p] - ahead[s * P + p]);
        }
    for (int n = 0; n < g->leaves; n++)
        for (int p = 0; p < P; p++) values[n * P + p] = leaf[n * P + p] + patience[p] * ahead[g->post[n] * P + p];
    likely += g->edges;
    for (int k = 0; k < g->layers; k++) edge += g->layer[k].lumps ? 2 * g->layer[k].edges : 0;
    for (int k = g->layers - 1; k >= 0; k--) {
        const Layer *l = &g->layer[k];
        likely -= l->edges, edge -= l->lumps ? 2 * l->edges : 0;
        for (int n = 0; n < l->nodes; n++) {
            int a = l->first[n], b = l->first[n + 1], lump = l->lumps;
            V *here = other + n * P, top = all(-INFINITY), whole = all(0), sum[MOST], own = all(0), leading = all(0);
            for (int e = a; e < b; e++) {
                V worth = values[l->target[e] * P + l->mover];
                if (lump) worth += edge[2 * e];
                likely[e] = worth * mu[l->mover] + weights[k * MOST + l->weight[e]];
                top = larger(top, likely[e]);
            }
            for (int p = 0; p < P; p++) sum[p] = all(0);
            for (int e = a; e < b; e++) {
                V mass = b - a == 1 ? all(1.0f) : expv(likely[e] - top);
                likely[e] = mass, whole += mass;
                for (int p = 0; p < P; p++) sum[p] += mass * values[l->target[e] * P + p];
                if (lump) own += mass * edge[2 * e], leading += mass * edge[2 * e + 1];
            }
            V inverse = 1.0f / whole;
            for (int e = a; e < b; e++) likely[e] *= inverse;
            sum[l->mover] += own;
            if (lump && g->leader >= 0) sum[g->leader] += leading;
            for (int p = 0; p < P; p++) here[p] = sum[p] * inverse;
        }
        V *swap = values;
        values = other, other = swap;
    }
    for (int s = 0; s < g->states; s++) memcpy(ahead + s * P, values + g->root[s] * P, P * sizeof(V));
}

/* Forward: all probability that never saw two fronts, and that never saw each front opened; found [1 + front]. */
static void walk(const Game *g, const V *settles, const V *likely, V *mass, V *now, V *next, V *found) {
    int M = 1 + g->fronts;
    memset(mass, 0, (size_t)g->states * M * sizeof(V));
    for (int m = 0; m < M; m++) mass[g->initial * M + m] = all(1.0f), found[m] = all(0);
    for (int t = 0; t < g->years; t++) {
        for (int s = 0; s < g->states; s++) memcpy(now + g->root[s] * M, mass + s * M, M * sizeof(V));
        for (int k = 0; k < g->layers; likely += g->layer[k++].edges) {
            const Layer *l = &g->layer[k];
            int many = k + 1 < g->layers ? g->layer[k + 1].nodes : g->leaves;
            memset(next, 0, (size_t)many * M * sizeof(V));
            for (int n = 0; n < l->nodes; n++)
                for (int e = l->first[n]; e < l->first[n + 1]; e++)
                    for (int m = 0; m < M; m++) {
                        V flow = now[n * M + m] * likely[e];
                        if (l->opens[e] && m == 1 + l->front) found[m] += flow;
                        else next[l->target[e] * M + m] += flow;
                    }
            V *swap = now;
            now = next, next = swap;
        }
        memset(mass, 0, (size_t)g->states * M * sizeof(V));
        for (int n = 0; n < g->leaves; n++)
            for (int m = 0; m < M; m++) {
                if (g->twice[n] && m == 0) found[0] += now[n * M];
                else mass[g->post[n] * M + m] += now[n * M + m];
            }
        for (int k = g->fronts - 1, stride = 1; k >= 0; stride *= g->front[k--].options + 2)
            for (int s = 0; s < g->states; s++) {
                int done = g->front[k].options + 1, here = s / stride % (done + 1);
                for (int m = 0; here && here < done && m < M; m++) {
                    V gone = settles[k * MOST + here - 1] * mass[s * M + m];
                    mass[(s + (done - here) * stride) * M + m] += gone, mass[s * M + m] -= gone;
                }
            }
    }
}

/* Outcomes [1 + front + power, world] of worlds (a multiple of W); 0, or 1 without memory.

drawn [figure, world], rolled [year, row, world], part [year, figure]. */
int limit(const int *tables, const float *part, int rows, int worlds, const float *drawn, const float *rolled, float *out) {
    Game game, *g = &game;
    read_game(g, tables);
    int P = g->powers, M = 1 + g->fronts;
    size_t wide = (size_t)g->most * (P > M ? P : M), leaves = (size_t)g->leaves * P, all_rolled = (size_t)g->years * g->rolled;
    size_t sizes[] = {rows, all_rolled, g->rolled + g->figures, g->leaves, leaves, leaves, leaves, 2 * g->edges,
                      MOST * g->layers, MOST * g->fronts, P, P, P, (size_t)g->states * (P > M ? P : M), wide, wide,
                      (size_t)g->years * g->edges, M};
    enum { DRAWN, ROLLED, X, ODDS, FIXED, WON, LEAF, EDGE, WEIGHT, SETTLES, PATIENCE, FADING, MU, AHEAD, ONE, OTHER, MOVES, FOUND, ALL };
    size_t whole = 0;
    for (int n = 0; n < ALL; n++) whole += sizes[n];
    V *room = aligned_alloc(sizeof(V), whole * sizeof(V)), *v[ALL];
    if (!room) return 1;
    v[0] = room;
    for (int n = 1; n < ALL; n++) v[n] = v[n - 1] + sizes[n - 1];
    for (int w = 0; w < worlds; w += W) {
        for (int n = 0; n < rows; n++) memcpy(v[DRAWN] + n, drawn + (size_t)n * worlds + w, sizeof(V));
        for (size_t n = 0; n < all_rolled; n++) memcpy(v[ROLLED] + n, rolled + n * worlds + w, sizeof(V));
        V *x = v[X];
        year_figures(g, 0, part, v[DRAWN], v[ROLLED], x);
        for (int p = 0; p < P; p++) {
            v[PATIENCE][p] = x[g->patience[p]], v[FADING][p] = x[g->patience[p]] * (1 - x[g->regime]);
            v[MU][p] = 1.0f / x[g->loss[p]];
        }
        for (int k = 0; k < g->layers; k++)
            for (int n = 0; n < g->layer[k].kinds; n++) v[WEIGHT][k * MOST + n] = base_weight(g->layer[k].kind + 4 * n, x);
        for (int k = 0; k < g->fronts; k++)
            for (int o = 0; o < g->front[k].options; o++) v[SETTLES][k * MOST + o] = x[g->front[k].settles[1 + o]];
        memset(v[AHEAD], 0, sizes[AHEAD] * sizeof(V));
        for (int t = g->years - 1; t >= 0; t--) {
            year_figures(g, t, part, v[DRAWN], v[ROLLED], x);
            payoffs(g, x, v[ODDS], v[FIXED], v[WON], v[LEAF], v[EDGE]);
            V *moves = v[MOVES] + (size_t)t * g->edges;
            for (int n = t == g->years - 1 ? -g->tail : 0; n <= 0; n++)
                back(g, v[LEAF], v[EDGE], v[WEIGHT], v[SETTLES], n < 0 ? v[FADING] : v[PATIENCE], v[MU], v[AHEAD],
                     v[ONE], v[OTHER], moves);
        }
        for (int p = 0; p < P; p++) memcpy(out + (size_t)(M + p) * worlds + w, v[AHEAD] + g->initial * P + p, sizeof(V));
        walk(g, v[SETTLES], v[MOVES], v[AHEAD], v[ONE], v[OTHER], v[FOUND]);
        for (int m = 0; m < M; m++) memcpy(out + (size_t)m * worlds + w, v[FOUND] + m, sizeof(V));
    }
    free(room);
    return 0;
}
