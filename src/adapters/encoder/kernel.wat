;; The encoder's kernel: products of int16 rows with an int8 matrix, summed as int32, and the steps between two products.
;; Addresses are in bytes. The caller checks sizes.
(module
  (memory (import "encoder" "memory") 1)

  ;; products(rows, count, inputs, matrix, outputs, scales, out): out[r][o] = scales[r] * sum over i of rows[r][i] * matrix[i][o].
  ;; rows: int16, `inputs` a row, a multiple of 2. matrix: int8 in blocks of 8 outputs, each by pairs of inputs: o0i0 o0i1 o1i0 o1i1 ...
  ;; outputs: a multiple of 8. scales: float32, one a row. out: float32, `outputs` a row. Four rows at a time, the rest one at a time.
  (func (export "products")
    (param $rows i32) (param $count i32) (param $inputs i32) (param $matrix i32) (param $outputs i32) (param $scales i32) (param $out i32)
    (local $scale i32) (local $endOfMatrix i32) (local $left i32) (local $row i32) (local $weights i32) (local $endOfBlock i32) (local $to i32)
    (local $width i32) (local $next i32) (local $row1 i32) (local $row2 i32) (local $row3 i32)
    (local $bytes v128) (local $low v128) (local $high v128) (local $pair v128)
    (local $a0 v128) (local $a1 v128) (local $b0 v128) (local $b1 v128) (local $c0 v128) (local $c1 v128) (local $d0 v128) (local $d1 v128)
    (if (i32.eqz (local.get $count)) (then (return)))
    (local.set $width (i32.shl (local.get $inputs) (i32.const 1)))
    (local.set $next (i32.shl (local.get $outputs) (i32.const 2)))
    (local.set $endOfMatrix (i32.add (local.get $matrix) (i32.mul (local.get $inputs) (local.get $outputs))))
    (loop $blocks
      (local.set $endOfBlock (i32.add (local.get $matrix) (i32.shl (local.get $inputs) (i32.const 3))))
      (local.set $row (local.get $rows))
      (local.set $to (local.get $out))
      (local.set $scale (local.get $scales))
      (local.set $left (local.get $count))
      (block $ones
        (br_if $ones (i32.lt_u (local.get $left) (i32.const 4)))
        (loop $fours
          (local.set $row1 (i32.add (local.get $row) (local.get $width)))
          (local.set $row2 (i32.add (local.get $row1) (local.get $width)))
          (local.set $row3 (i32.add (local.get $row2) (local.get $width)))
          (local.set $weights (local.get $matrix))
          (local.set $a0 (v128.const i32x4 0 0 0 0)) (local.set $a1 (v128.const i32x4 0 0 0 0))
          (local.set $b0 (v128.const i32x4 0 0 0 0)) (local.set $b1 (v128.const i32x4 0 0 0 0))
          (local.set $c0 (v128.const i32x4 0 0 0 0)) (local.set $c1 (v128.const i32x4 0 0 0 0))
          (local.set $d0 (v128.const i32x4 0 0 0 0)) (local.set $d1 (v128.const i32x4 0 0 0 0))
          (loop $pairs
            (local.set $low (v128.load8x8_s (local.get $weights)))
            (local.set $high (v128.load8x8_s offset=8 (local.get $weights)))
            (local.set $pair (v128.load32_splat (local.get $row)))
            (local.set $a0 (i32x4.add (local.get $a0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $a1 (i32x4.add (local.get $a1) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))
            (local.set $pair (v128.load32_splat (local.get $row1)))
            (local.set $b0 (i32x4.add (local.get $b0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $b1 (i32x4.add (local.get $b1) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))
            (local.set $pair (v128.load32_splat (local.get $row2)))
            (local.set $c0 (i32x4.add (local.get $c0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $c1 (i32x4.add (local.get $c1) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))
            (local.set $pair (v128.load32_splat (local.get $row3)))
            (local.set $d0 (i32x4.add (local.get $d0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $d1 (i32x4.add (local.get $d1) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))
            (local.set $row (i32.add (local.get $row) (i32.const 4)))
            (local.set $row1 (i32.add (local.get $row1) (i32.const 4)))
            (local.set $row2 (i32.add (local.get $row2) (i32.const 4)))
            (local.set $row3 (i32.add (local.get $row3) (i32.const 4)))
            (local.set $weights (i32.add (local.get $weights) (i32.const 16)))
            (br_if $pairs (i32.lt_u (local.get $weights) (local.get $endOfBlock))))
          (local.set $pair (v128.load32_splat (local.get $scale)))
          (v128.store (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $a0)) (local.get $pair)))
          (v128.store offset=16 (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $a1)) (local.get $pair)))
          (local.set $to (i32.add (local.get $to) (local.get $next)))
          (local.set $pair (v128.load32_splat offset=4 (local.get $scale)))
          (v128.store (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $b0)) (local.get $pair)))
          (v128.store offset=16 (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $b1)) (local.get $pair)))
          (local.set $to (i32.add (local.get $to) (local.get $next)))
          (local.set $pair (v128.load32_splat offset=8 (local.get $scale)))
          (v128.store (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $c0)) (local.get $pair)))
          (v128.store offset=16 (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $c1)) (local.get $pair)))
          (local.set $to (i32.add (local.get $to) (local.get $next)))
          (local.set $pair (v128.load32_splat offset=12 (local.get $scale)))
          (v128.store (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $d0)) (local.get $pair)))
          (v128.store offset=16 (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $d1)) (local.get $pair)))
          (local.set $to (i32.add (local.get $to) (local.get $next)))
          (local.set $row (local.get $row3))
          (local.set $scale (i32.add (local.get $scale) (i32.const 16)))
          (local.set $left (i32.sub (local.get $left) (i32.const 4)))
          (br_if $fours (i32.ge_u (local.get $left) (i32.const 4)))))
      (block $done
        (br_if $done (i32.eqz (local.get $left)))
        (loop $each
          (local.set $weights (local.get $matrix))
          (local.set $a0 (v128.const i32x4 0 0 0 0)) (local.set $a1 (v128.const i32x4 0 0 0 0))
          (loop $pairs
            (local.set $pair (v128.load32_splat (local.get $row)))
            (local.set $a0 (i32x4.add (local.get $a0) (i32x4.dot_i16x8_s (local.get $pair) (v128.load8x8_s (local.get $weights)))))
            (local.set $a1 (i32x4.add (local.get $a1) (i32x4.dot_i16x8_s (local.get $pair) (v128.load8x8_s offset=8 (local.get $weights)))))
            (local.set $row (i32.add (local.get $row) (i32.const 4)))
            (local.set $weights (i32.add (local.get $weights) (i32.const 16)))
            (br_if $pairs (i32.lt_u (local.get $weights) (local.get $endOfBlock))))
          (local.set $pair (v128.load32_splat (local.get $scale)))
          (v128.store (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $a0)) (local.get $pair)))
          (v128.store offset=16 (local.get $to) (f32x4.mul (f32x4.convert_i32x4_s (local.get $a1)) (local.get $pair)))
          (local.set $to (i32.add (local.get $to) (local.get $next)))
          (local.set $scale (i32.add (local.get $scale) (i32.const 4)))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br_if $each (local.get $left))))
      (local.set $matrix (local.get $endOfBlock))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (br_if $blocks (i32.lt_u (local.get $matrix) (local.get $endOfMatrix)))))

  ;; add(to, from, count): to[i] += from[i]. float32; counts here and below are multiples of 8.
  (func (export "add") (param $to i32) (param $from i32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $count) (i32.const 2))))
    (loop $each
      (v128.store (local.get $to) (f32x4.add (v128.load (local.get $to)) (v128.load (local.get $from))))
      (v128.store offset=16 (local.get $to) (f32x4.add (v128.load offset=16 (local.get $to)) (v128.load offset=16 (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (local.set $from (i32.add (local.get $from) (i32.const 32)))
      (br_if $each (i32.lt_u (local.get $to) (local.get $end)))))

  ;; reluAdd(to, values, others, count): to[i] = max(values[i], 0) + others[i]. float32.
  (func (export "reluAdd") (param $to i32) (param $values i32) (param $others i32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $count) (i32.const 2))))
    (loop $each
      (v128.store (local.get $to) (f32x4.add
        (f32x4.pmax (v128.const f32x4 0 0 0 0) (v128.load (local.get $values))) (v128.load (local.get $others))))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (local.set $values (i32.add (local.get $values) (i32.const 16)))
      (local.set $others (i32.add (local.get $others) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $to) (local.get $end)))))

  ;; maxAbs(values, count): the largest absolute value. float32.
  (func (export "maxAbs") (param $values i32) (param $count i32) (result f32)
    (local $end i32) (local $max v128)
    (local.set $end (i32.add (local.get $values) (i32.shl (local.get $count) (i32.const 2))))
    (loop $each
      (local.set $max (f32x4.pmax (local.get $max) (f32x4.abs (v128.load (local.get $values)))))
      (local.set $values (i32.add (local.get $values) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $values) (local.get $end))))
    (f32.max
      (f32.max (f32x4.extract_lane 0 (local.get $max)) (f32x4.extract_lane 1 (local.get $max)))
      (f32.max (f32x4.extract_lane 2 (local.get $max)) (f32x4.extract_lane 3 (local.get $max)))))

  ;; quantize(to, values, count, factor): to[i] = values[i] * factor, rounded to nearest, ties to even. float32 to int16.
  (func (export "quantize") (param $to i32) (param $values i32) (param $count i32) (param $factor f32)
    (local $end i32) (local $factors v128)
    (local.set $factors (f32x4.splat (local.get $factor)))
    (local.set $end (i32.add (local.get $values) (i32.shl (local.get $count) (i32.const 2))))
    (loop $each
      (v128.store (local.get $to) (i16x8.narrow_i32x4_s
        (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (v128.load (local.get $values)) (local.get $factors))))
        (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (v128.load offset=16 (local.get $values)) (local.get $factors))))))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (local.set $values (i32.add (local.get $values) (i32.const 32)))
      (br_if $each (i32.lt_u (local.get $values) (local.get $end)))))

  ;; addNormalized(sum, values, count, epsilon): sum[i] += (values[i] - mean) / sqrt(variance + epsilon). float32; sums in four lanes,
  ;; lanes 0 + 1 and 2 + 3 first.
  (func (export "addNormalized") (param $sum i32) (param $values i32) (param $count i32) (param $epsilon f32)
    (local $end i32) (local $at i32) (local $four v128) (local $mean v128) (local $factor v128)
    (local.set $end (i32.add (local.get $values) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $at (local.get $values))
    (loop $each
      (local.set $four (f32x4.add (local.get $four) (v128.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $mean (f32x4.splat (f32.div (call $across (local.get $four)) (f32.convert_i32_u (local.get $count)))))
    (local.set $four (v128.const f32x4 0 0 0 0))
    (local.set $at (local.get $values))
    (loop $each
      (local.set $factor (f32x4.sub (v128.load (local.get $at)) (local.get $mean)))
      (local.set $four (f32x4.add (local.get $four) (f32x4.mul (local.get $factor) (local.get $factor))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $factor (f32x4.splat (f32.div (f32.const 1) (f32.sqrt
      (f32.add (f32.div (call $across (local.get $four)) (f32.convert_i32_u (local.get $count))) (local.get $epsilon))))))
    (local.set $at (local.get $values))
    (loop $each
      (v128.store (local.get $sum) (f32x4.add (v128.load (local.get $sum))
        (f32x4.mul (f32x4.sub (v128.load (local.get $at)) (local.get $mean)) (local.get $factor))))
      (local.set $sum (i32.add (local.get $sum) (i32.const 16)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $each (i32.lt_u (local.get $at) (local.get $end)))))

  (func $across (param $four v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $four)) (f32x4.extract_lane 1 (local.get $four)))
      (f32.add (f32x4.extract_lane 2 (local.get $four)) (f32x4.extract_lane 3 (local.get $four))))))
